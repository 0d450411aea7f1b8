"""The address that the demo's bar sends to."""

from django.urls import path

from dev.demo import clock_views

app_name = "demo"
urlpatterns = [path("clock/", clock_views.move_clock, name="move_clock")]
