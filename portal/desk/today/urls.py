"""The URLs."""

from django.urls import path

from portal.desk.frame import staff_page
from portal.desk.today import views

urlpatterns = [path("", staff_page(views.show_today), name="today")]
