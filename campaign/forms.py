"""Forms of the staff pages."""

import json
from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from campaign import queries
from campaign.models import Campaign, Terms
from campaign.termsfile import write_campaign_file

if TYPE_CHECKING:  # generic in its stubs only
    CampaignChoice = forms.ModelChoiceField[Campaign]
else:
    CampaignChoice = forms.ModelChoiceField


class PublishedCampaignField(CampaignChoice):
    """A published campaign, which a person chooses."""

    def __init__(self) -> None:
        super().__init__(
            queries.published_campaigns(),
            label=_("campaign"),
            empty_label=_("Choose a campaign"),
        )

    def label_from_instance(self, obj: Campaign) -> str:
        """Return the code with the month of the opening."""
        return queries.choice_label(obj)


def file_as_text(terms: Terms) -> str:
    """Return the campaign file of a version as people read it."""
    return json.dumps(write_campaign_file(queries.file_of(terms)), ensure_ascii=False, indent=2)
