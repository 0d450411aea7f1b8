"""Form fields for a WESTER ID that staff type."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entries import finding


class WesterIdField(forms.CharField):
    """A typed or pasted WESTER ID, sent by POST so that no URL contains it."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("WESTER ID"),
            max_length=finding.MAX_TYPED_LENGTH,
            widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "off"}),
        )


class KnownWesterIdField(WesterIdField):
    """A WESTER ID that some table contains; for any other the error lists candidates."""

    def validate(self, value: str) -> None:
        """Check that the WESTER ID is known.

        Raises:
            ValidationError: no table contains it.
        """
        super().validate(value)
        if not value or finding.is_known(value):
            return
        candidates = finding.find_candidates(value)
        if not candidates:
            raise ValidationError(_("There is no record of it. Please check what was typed."))
        sentence = _("There is no record of exactly this. Is it one of these? %(candidates)s")
        raise ValidationError(sentence % {"candidates": ", ".join(candidates)})
