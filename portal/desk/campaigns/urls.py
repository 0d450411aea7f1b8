"""The URLs."""

from django.urls import path

from portal.desk.campaigns import views
from portal.desk.frame import staff_page

urlpatterns = [path("campaigns/", staff_page(views.show_campaigns), name="campaigns")]
