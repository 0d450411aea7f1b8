"""The forms of a decision."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from core.models.approvals import MAX_REASON_LENGTH

SHA256 = re.compile("[0-9a-f]{64}")


class ShownForm(forms.Form):
    """The hash of the content that the person was shown, in a hidden field."""

    shown = forms.RegexField(SHA256, widget=forms.HiddenInput, strip=False)


class ReasonForm(forms.Form):
    """Why a request is refused; its lines become one."""

    reason = forms.CharField(
        label=_("Reason, for the person who asked"),
        max_length=MAX_REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Name no member: the reason stays for good."),
    )

    def clean_reason(self) -> str:
        """Return the reason as one line."""
        return " ".join(str(self.cleaned_data["reason"]).split())
