"""The address of the demo's bar."""

from django.urls import path

from dev.demo import clock_views

app_name = "demo"
urlpatterns = [path("clock/", clock_views.move_clock, name="move_clock")]
