"""The URLs."""

from django.urls import path

from portal.desk.frame import staff_page
from portal.desk.operations import views

urlpatterns = [path("operations/", staff_page(views.show_operations), name="operations")]
