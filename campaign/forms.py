"""Forms of the staff pages."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.enumerations import MemberKind
from campaign import queries
from campaign.models import Campaign, Terms
from core import clock

if TYPE_CHECKING:  # generic in its stubs only
    from django.utils.functional import _StrPromise as StrPromise

    TermsModelForm = forms.ModelForm[Terms]
    CampaignChoice = forms.ModelChoiceField[Campaign]
else:
    TermsModelForm, CampaignChoice = forms.ModelForm, forms.ModelChoiceField
LISTS = ("kinds_excluded", "kinds_registered", "kinds_free")
NOT_IN_A_FORM = {"id", "campaign", "version"}


class PublishedCampaignField(CampaignChoice):
    """A published campaign; the one that people mean is chosen until they choose another."""

    def __init__(self) -> None:
        super().__init__(
            queries.published_campaigns(),
            label=_("campaign"),
            empty_label=None,
            initial=lambda: queries.meant_campaign(at=clock.now()),
            help_text=_("Chosen at first: the published campaign whose entry opened last."),
        )

    def label_from_instance(self, obj: Campaign) -> str:
        """Return the code with the month of the opening."""
        return queries.choice_label(obj)


def kinds_field(label: "StrPromise") -> forms.MultipleChoiceField:
    """Return a field for a list of member kinds, as tall as the list."""
    every_kind = forms.SelectMultiple(attrs={"size": len(MemberKind)})
    return forms.MultipleChoiceField(
        label=label, choices=MemberKind, required=False, widget=every_kind
    )


class TermsForm(TermsModelForm):
    """The numbers and lists of a draft, refused in the same words as a campaign file."""

    kinds_excluded = kinds_field(_("member kinds left out"))
    kinds_registered = kinds_field(_("member kinds that must register before booking"))
    kinds_free = kinds_field(_("member kinds that need no registration"))

    class Meta:
        model = Terms
        fields = [
            field.name
            for field in Terms._meta.concrete_fields
            if field.editable and field.name not in NOT_IN_A_FORM
        ]

    def clean(self) -> dict[str, Any]:
        """Sort the lists as the database wants them."""
        cleaned: dict[str, Any] = super().clean() or {}
        return {name: sorted(value) if name in LISTS else value for name, value in cleaned.items()}
