"""The pages."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from campaign.models.campaigns import IDENTIFIER
from portal import member_views, views


class CampaignCode(StringConverter):
    """What can be a campaign's code at all; anything else is not found without a question."""

    regex = IDENTIFIER.strip("^$")


register_converter(CampaignCode, "campaign_code")
app_name = "portal"
urlpatterns = [
    path("", views.front, name="front"),
    path("campaign/detail/<campaign_code:code>/", views.campaign, name="campaign"),
    path("campaign/detail/<campaign_code:code>/entry/", member_views.enter, name="enter"),
    path("campaign/detail/<campaign_code:code>/mypage/", member_views.show_my_page, name="my_page"),
    path("robots.txt", views.robots, name="robots"),
]
