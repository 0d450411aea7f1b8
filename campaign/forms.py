"""Forms of the staff pages."""

import json
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaign import queries
from campaign.models import Campaign, Terms
from campaign.refusals import BrokenCampaignFile
from campaign.termsfile import CampaignFile, read_campaign_file, write_campaign_file

if TYPE_CHECKING:  # generic in its stubs only
    TermsModelForm = forms.ModelForm[Terms]
    CampaignChoice = forms.ModelChoiceField[Campaign]
else:
    TermsModelForm, CampaignChoice = forms.ModelForm, forms.ModelChoiceField


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


class TermsForm(TermsModelForm):
    """A draft as its campaign file, refused in the same words as one that is loaded."""

    file = forms.CharField(
        label=_("campaign file"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 40, "cols": 100, "spellcheck": "false"}),
        help_text=_("Terms, prizes and texts in the form of a campaign file."),
    )

    class Meta:
        model = Terms
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["file"].initial = file_as_text(self.instance)

    def clean_file(self) -> CampaignFile:
        """Read the file, which must be of this campaign."""
        try:
            file = read_campaign_file(self.cleaned_data["file"].encode())
        except BrokenCampaignFile as failure:
            raise forms.ValidationError(str(failure)) from failure
        if file.code != self.instance.campaign.code:
            raise forms.ValidationError(_("code: must stay the code of this campaign."))
        return file


def file_as_text(terms: Terms) -> str:
    """Return the campaign file of a version as people read it."""
    return json.dumps(write_campaign_file(queries.file_of(terms)), ensure_ascii=False, indent=2)
