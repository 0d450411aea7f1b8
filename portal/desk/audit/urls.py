"""The URLs."""

from django.urls import path

from portal.desk.audit import views
from portal.desk.frame import staff_page

urlpatterns = [
    path("audit/", staff_page(views.show_audit), name="audit"),
    path("audit/export/", staff_page(views.export_audit), name="audit_export"),
]
