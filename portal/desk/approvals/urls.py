"""The URLs."""

from django.urls import path

from portal.desk.approvals import views
from portal.desk.frame import staff_page

urlpatterns = [path("approvals/", staff_page(views.show_approvals), name="approvals")]
