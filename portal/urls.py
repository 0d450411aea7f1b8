"""The pages."""

from django.urls import path

from portal import views

app_name = "portal"
urlpatterns = [
    path("", views.front, name="front"),
    path("campaign/detail/<slug:code>/", views.campaign, name="campaign"),
    path("robots.txt", views.robots, name="robots"),
]
