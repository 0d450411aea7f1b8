"""The URLs."""

from django.urls import path

from portal.desk.frame import staff_page
from portal.desk.today import views

urlpatterns = [
    path("", staff_page(views.show_today), name="today"),
    path("feeds/expected/", staff_page(views.change_expectations), name="expectations"),
]
