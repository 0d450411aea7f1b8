"""The app and what it registers with the apps below it."""

from django.apps import AppConfig


class CampaignConfig(AppConfig):
    """The terms, and which bookings count under them."""

    name = "campaign"
