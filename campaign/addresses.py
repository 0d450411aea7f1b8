"""The addresses of a campaign's pages."""

from django.urls import register_converter
from django.urls.converters import StringConverter

from campaign.models.campaigns import IDENTIFIER


class CampaignCode(StringConverter):
    """Match what can be a campaign's code; anything else is not found, without a query."""

    regex = IDENTIFIER.strip("^$")


register_converter(CampaignCode, "campaign_code")
CAMPAIGN = "campaign/detail/<campaign_code:code>/"
