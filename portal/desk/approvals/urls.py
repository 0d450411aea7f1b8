"""The URLs."""

from django.urls import path

from portal.desk.approvals import views
from portal.desk.frame import staff_page

ONE = "approvals/<int:approval_id>/"

urlpatterns = [
    path("approvals/", staff_page(views.show_approvals), name="approvals"),
    path(ONE, staff_page(views.show_approval), name="approval"),
    path(f"{ONE}confirm/", staff_page(views.confirm_approval), name="confirm_approval"),
    path(f"{ONE}refuse/", staff_page(views.refuse_approval), name="refuse_approval"),
    path(f"{ONE}verify/", staff_page(views.verify_draw), name="verify_approval"),
]
