"""The forms: a search, an identity check and a note; all are sent by POST."""

import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from entries.cases import DIGITS_ASKED
from entries.finding import MAX_TYPED_LENGTH
from entries.models import CaseNote
from entries.models.cases import MAX_NOTE_LENGTH

TYPED = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
WRITTEN_BY_PAGE = (CaseNote.Kind.IDENTIFIED, CaseNote.Kind.NOT_IDENTIFIED)


class SearchForm(forms.Form):
    """One identifier of a member, as a caller says it."""

    identifier = forms.CharField(
        label=pgettext_lazy(
            "desk", "WESTER ID, receipt number, reservation number or EX member number"
        ),
        max_length=MAX_TYPED_LENGTH,
        widget=forms.TextInput({**TYPED, "autofocus": True, "enterkeyhint": "search"}),
    )


class ChoiceForm(forms.Form):
    """The WESTER ID of a candidate that a person chose."""

    wester_id = forms.CharField(max_length=MAX_TYPED_LENGTH)


class IdentityForm(forms.Form):
    """What a caller says to prove who they are; at least one of both."""

    last_four = forms.CharField(
        label=pgettext_lazy("desk", "Last four of the receipt number"),
        required=False,
        max_length=DIGITS_ASKED,
        min_length=DIGITS_ASKED,
        widget=forms.TextInput({**TYPED, "size": 6}),
    )
    travel_date = forms.DateField(
        label=pgettext_lazy("desk", "A day of travel"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_last_four(self) -> str:
        """Return the characters in half width, as receipts have them."""
        return unicodedata.normalize("NFKC", self.cleaned_data["last_four"])

    def clean(self) -> dict[str, Any]:
        """Check that something was said."""
        cleaned = super().clean() or {}
        if not self.errors and not any(cleaned.values()):
            raise forms.ValidationError(_("Fill in at least one of the two."))
        return cleaned


class NoteForm(forms.Form):
    """What was answered, in the words of who answered."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("desk", "Kind"),
        choices=[
            choice for choice in CaseNote.Kind.choices if choice[0] not in map(str, WRITTEN_BY_PAGE)
        ],
    )
    text = forms.CharField(
        label=pgettext_lazy("desk", "Note"),
        max_length=MAX_NOTE_LENGTH,
        widget=forms.Textarea({"rows": 2}),
        help_text=pgettext_lazy("desk", "Without names and numbers of the person."),
    )
