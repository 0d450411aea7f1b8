"""The URLs of the pages."""

from django.urls import path

from campaign.addresses import CAMPAIGN
from portal import member_views, views

app_name = "portal"
urlpatterns = [
    path("", views.show_front, name="front"),
    path("campaign/series/<campaign_code:code>/", views.show_series, name="series"),
    path(CAMPAIGN, views.show_campaign, name="campaign"),
    path(f"{CAMPAIGN}entry/", member_views.post_entry, name="enter"),
    path(f"{CAMPAIGN}mypage/", member_views.show_my_page, name="my_page"),
    path("robots.txt", views.show_robots, name="robots"),
]
