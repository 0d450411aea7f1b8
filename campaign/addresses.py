"""What can stand in the address of a campaign's page."""

from django.urls import register_converter
from django.urls.converters import StringConverter

from campaign.models.campaigns import IDENTIFIER


class CampaignCode(StringConverter):
    """What can be a campaign's code at all; anything else is not found without a question."""

    regex = IDENTIFIER.strip("^$")


register_converter(CampaignCode, "campaign_code")
CAMPAIGN = "campaign/detail/<campaign_code:code>/"
