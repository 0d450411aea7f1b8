"""Step 1: what the campaign is called, who takes part, and which campaigns belong to it."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import pgettext_lazy

from portal.desk.campaigns.editor import Editor, Group, StepForm
from portal.desk.campaigns.fields import CodeField, LineField, in_language

NAME = pgettext_lazy("desk", "Name of the campaign")


class NameForm(StepForm):
    """Names, entry, series."""

    name_ja = LineField(label=in_language(NAME, "ja"))
    name_en = LineField(label=in_language(NAME, "en"))
    entry_needed = forms.BooleanField(
        label=pgettext_lazy("desk", "Members need to enter"), required=False
    )
    series_code = CodeField(
        label=pgettext_lazy("desk", "Code of the series"),
        required=False,
        help_text=pgettext_lazy(
            "desk", "Only where several campaigns belong together; the same code in each of them."
        ),
    )
    series_course = CodeField(
        label=pgettext_lazy("desk", "Code of the course"),
        required=False,
        help_text=pgettext_lazy("desk", "A member takes part in one course of the series only."),
    )
    series_carried = forms.BooleanField(
        label=pgettext_lazy("desk", "An entry to another campaign of the series counts here too"),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Check that what belongs to a series has one."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if (given.get("series_course") or given.get("series_carried")) and not given.get(
            "series_code"
        ):
            self.add_error(
                "series_code", pgettext_lazy("desk", "Enter the code of the series as well.")
            )
        return given


class NameStep(Editor):
    """The step of the name."""

    places = ("name", "entry_needed", "series")

    def make_forms(self) -> Iterator[StepForm]:
        """Yield the form."""
        series = self.shown["series"] or {}
        initial = {
            **{f"name_{language}": text for language, text in self.shown["name"].items()},
            "entry_needed": self.shown["entry_needed"],
            **{f"series_{name}": value for name, value in series.items()},
        }
        self.form = NameForm(self.data, initial=initial)
        yield self.form

    def groups(self) -> list[Group]:
        """Return names and series."""
        fields = [self.form[name] for name in self.form.fields]
        return [
            Group(pgettext_lazy("desk", "Name"), fields[:3]),
            Group(pgettext_lazy("desk", "Campaigns that belong together"), fields[3:]),
        ]

    def values(self) -> dict[str, Any]:
        """Return names and series as a file has them."""
        given = self.form.cleaned_data
        series = {
            "code": given["series_code"],
            "course": given["series_course"] or None,
            "carried": given["series_carried"],
        }
        return {
            "name": {"ja": given["name_ja"], "en": given["name_en"]},
            "entry_needed": given["entry_needed"],
            "series": series if series["code"] else None,
        }

    def fields_by_place(self) -> dict[str, tuple[StepForm, str]]:
        """Return the fields by their places."""
        places = {
            "name.ja": "name_ja",
            "name.en": "name_en",
            "entry_needed": "entry_needed",
            "series": "series_code",
        }
        return {place: (self.form, name) for place, name in places.items()}
