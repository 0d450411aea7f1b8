"""The box that staff type a WESTER ID into."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entries import finding

MOST_TYPED = 100  # a WESTER ID has at most 40 characters, and people type spaces between them


class WesterIdField(forms.CharField):
    """A WESTER ID as it is typed or pasted; its form is sent by POST, so that no address has it."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("WESTER ID"),
            max_length=MOST_TYPED,
            widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "off"}),
        )


class KnownWesterIdField(WesterIdField):
    """The WESTER ID of somebody who is known; another one is refused with those that may be meant.

    Raises:
        ValidationError: nothing is known of it.
    """

    def validate(self, value: str) -> None:
        """Refuse what is known of nobody."""
        super().validate(value)
        if not value or finding.is_known(value):
            return
        candidates = finding.find_candidates(value)
        if not candidates:
            raise ValidationError(_("There is no record of it. Please check what was typed."))
        said = _("There is no record of exactly this. Is it one of these? %(candidates)s")
        raise ValidationError(said % {"candidates": ", ".join(candidates)})
