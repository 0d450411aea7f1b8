"""The URLs. A case's address is random; what identifies a member is sent by POST only."""

from django.urls import path

from portal.desk.frame import staff_page
from portal.desk.member import views

CASE = "member/case/<slug:token>/"
urlpatterns = [
    path("member/", staff_page(views.show_member), name="member"),
    path(CASE, staff_page(views.show_case), name="case"),
    path(f"{CASE}identity/", staff_page(views.check_identity), name="case_identity"),
    path(f"{CASE}note/", staff_page(views.add_note), name="case_note"),
    path(f"{CASE}receipt/", staff_page(views.issue_receipt), name="case_receipt"),
]
