"""The URLs."""

from django.urls import path

from portal.desk.audit import views
from portal.desk.frame import staff_page

urlpatterns = [
    path("audit/", staff_page(views.show_audit), name="audit"),
    path("audit/export/", staff_page(views.export_audit), name="audit_export"),
    path("audit/verify/", staff_page(views.verify), name="audit_verify"),
    path("audit/law/", staff_page(views.show_law), name="audit_law"),
    path("audit/retention/", staff_page(views.show_retention), name="audit_retention"),
]
