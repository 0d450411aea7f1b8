"""The URLs."""

from django.urls import path

import campaign.addresses  # noqa: F401 - registers the converter of a campaign’s code
from portal.desk.campaigns import views
from portal.desk.frame import staff_page

CAMPAIGN = "campaigns/<campaign_code:code>/"
urlpatterns = [
    path("campaigns/", staff_page(views.show_campaigns), name="campaigns"),
    path("campaigns/new/", staff_page(views.new_campaign), name="new_campaign"),
    path(f"{CAMPAIGN}copy/", staff_page(views.copy_campaign), name="copy_campaign"),
    path(f"{CAMPAIGN}step/<slug:slug>/", staff_page(views.edit_step), name="campaign_step"),
    path(f"{CAMPAIGN}check/", staff_page(views.show_campaign), name="campaign"),
    path(f"{CAMPAIGN}law/", staff_page(views.show_law), name="campaign_law"),
    path(f"{CAMPAIGN}discard/", staff_page(views.discard), name="discard_draft"),
]
