"""Form fields that read what people type into values of a campaign file, and show those again."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.utils.text import format_lazy
from django.utils.timezone import is_aware, localtime
from django.utils.translation import pgettext_lazy

from campaign.file_values import (
    FIRST_INSTANT,
    IDENTIFIER,
    LAST_INSTANT,
    MAX_NAME,
    MAX_NUMBER,
    MAX_TEXT,
    NOT_IN_A_LINE,
    NOT_IN_A_TEXT,
)
from core.clock import JAPAN

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

OKU, MAN = 10**8, 10**4
TYPED_NUMBER = re.compile(r"(?:([0-9]{1,5})億)?(?:([0-9]{1,8})万)?([0-9]{1,13})?")
LANGUAGES = {
    "ja": pgettext_lazy("a language", "Japanese"),
    "en": pgettext_lazy("a language", "English"),
}
FROM_2000_TO_2099 = pgettext_lazy("desk", "Choose a day from 2000 to 2099.")
NO_CONTROL = pgettext_lazy("desk", "Take out the characters that a page cannot show.")


class NumberField(forms.Field):
    """A whole number; commas, full-width digits, 億 and 万 are understood."""

    default_error_messages = {
        "invalid": pgettext_lazy("desk", "Enter a whole number in digits, such as 20,000.")
    }

    def __init__(
        self,
        *,
        least: int = 1,
        most: int = MAX_NUMBER,
        unit: "StrPromise | str" = "",
        **options: Any,
    ) -> None:
        self.unit = unit
        widget = forms.TextInput(attrs={"class": "desk-number", "autocomplete": "off"})
        validators = [
            MinValueValidator(
                least,
                format_lazy(pgettext_lazy("desk", "Enter {least} or more."), least=f"{least:,}"),
            ),
            MaxValueValidator(
                most, format_lazy(pgettext_lazy("desk", "Enter {most} or less."), most=f"{most:,}")
            ),
        ]
        super().__init__(widget=widget, validators=validators, **options)

    def prepare_value(self, value: Any) -> Any:
        """Show a number with commas."""
        return f"{value:,}" if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        """Return the number that was typed; None for nothing."""
        typed = unicodedata.normalize("NFKC", str(value or ""))
        typed = re.sub(r"[,\s、]", "", typed)
        if not typed:
            return None
        found = TYPED_NUMBER.fullmatch(typed)
        if found is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        oku, man, rest = (int(part or 0) for part in found.groups())
        return oku * OKU + man * MAN + rest

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Return whether another number was typed than was shown."""
        return str(data or "") != str(self.prepare_value(initial) or "")


class InstantInput(forms.DateTimeInput):
    """A day with a time; seconds are shown where there are some."""

    input_type = "datetime-local"

    def format_value(self, value: Any) -> Any:
        """Return the instant as browsers read it."""
        if not isinstance(value, datetime):
            return super().format_value(value)
        return value.isoformat(timespec="seconds" if value.second else "minutes")

    def build_attrs(self, base: Any, extra: Any = None) -> dict[str, Any]:
        """Let seconds be typed, which a file may have."""
        return {**super().build_attrs(base, extra), "step": "1"}


class InstantField(forms.DateTimeField):
    """An instant in Japan's time, as a campaign file writes it."""

    widget = InstantInput
    default_error_messages = {"invalid": pgettext_lazy("desk", "Enter a day and a time.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(
            validators=[
                MinValueValidator(FIRST_INSTANT.astimezone(UTC), FROM_2000_TO_2099),
                MaxValueValidator(LAST_INSTANT.astimezone(UTC), FROM_2000_TO_2099),
            ],
            **options,
        )

    def prepare_value(self, value: Any) -> Any:
        """Show an instant of a file in Japan's time."""
        if isinstance(value, str):
            try:
                written = datetime.fromisoformat(value)
            except ValueError:
                return value
            value = localtime(written, JAPAN) if is_aware(written) else written
        return value.replace(tzinfo=None) if isinstance(value, datetime) else value


class DayField(forms.DateField):
    """A day, as a campaign file writes it."""

    default_error_messages = {"invalid": pgettext_lazy("desk", "Enter a day.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            input_formats=["%Y-%m-%d"],
            validators=[
                MinValueValidator(date(2000, 1, 1), FROM_2000_TO_2099),
                MaxValueValidator(date(2099, 12, 31), FROM_2000_TO_2099),
            ],
            **options,
        )


class CodeField(forms.CharField):
    """A code of letters, digits, underscore and hyphen."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_length=40,
            validators=[
                RegexValidator(
                    f"^(?:{IDENTIFIER.pattern})\\Z",
                    pgettext_lazy("desk", "Use 1 to 40 of A-Z, a-z, 0-9, _ and -."),
                )
            ],
            widget=forms.TextInput(attrs={"autocapitalize": "off", "spellcheck": "false"}),
            **options,
        )


class LineField(forms.CharField):
    """One line of text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_length=MAX_NAME,
            strip=False,
            required=False,
            validators=[RegexValidator(NOT_IN_A_LINE, NO_CONTROL, inverse_match=True)],
            **options,
        )


class TextField(forms.CharField):
    """A text of several lines."""

    def __init__(self, *, rows: int = 3, **options: Any) -> None:
        super().__init__(
            max_length=MAX_TEXT,
            strip=False,
            required=False,
            widget=forms.Textarea(attrs={"rows": rows}),
            validators=[RegexValidator(NOT_IN_A_TEXT, NO_CONTROL, inverse_match=True)],
            **options,
        )

    def to_python(self, value: Any) -> str:
        """Return the text with line ends as a campaign file has them."""
        return str(super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")


class SeveralField(forms.MultipleChoiceField):
    """Any number of choices, each a box to tick."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.CheckboxSelectMultiple, required=False, **options)

    def clean(self, value: Any) -> list[str]:
        """Return the choices as a file sorts them."""
        return sorted(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Return whether other boxes are ticked than were shown."""
        return set(initial or ()) != set(data or ())


def in_language(label: "StrPromise | str", language: str) -> "StrPromise":
    """Return the label of a text in one of the languages."""
    return format_lazy(
        pgettext_lazy("desk", "{text} ({language})"), text=label, language=LANGUAGES[language]
    )


def choices_with(
    known: Mapping[str, Any], present: Iterable[str]
) -> list[tuple[str, "StrPromise | str"]]:
    """Return the choices that there are, with what a draft has besides, which a check refuses."""
    return [*known.items(), *((one, one) for one in sorted(set(present) - known.keys()))]


REQUIRED = pgettext_lazy("desk", "Fill this in.")
