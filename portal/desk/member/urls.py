"""The URLs."""

from django.urls import path

from portal.desk.frame import staff_page
from portal.desk.member import views

urlpatterns = [path("member/", staff_page(views.show_member), name="member")]
