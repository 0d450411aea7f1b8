"""What the steps of the editor share: forms over some places of a campaign file."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.http import QueryDict

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

    FormSet = BaseFormSet[forms.Form]
else:
    FormSet = BaseFormSet

LAST_PART = re.compile(r"(\.[^.\[\]]+|\[\d+\])$")


class StepForm(forms.Form):
    """A form whose errors may come from a check of the whole step."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})

    def point_out(self, name: str, sentence: str) -> None:
        """Show what a check found at a field, in a form that nobody has sent."""
        if not hasattr(self, "cleaned_data"):
            self.errors  # noqa: B018 - creates the empty dictionary of an unbound form
            self.cleaned_data = {}
        self.add_error(name, sentence)


class Rows(FormSet):
    """Rows of a table, each a small form; those that are left empty do not count."""

    def given(self) -> list[dict[str, Any]]:
        """Return the values of the rows that are filled in and stay, in their order."""
        kept = self.kept()
        if self.can_order:
            last = len(kept)
            kept.sort(key=lambda form: form.cleaned_data.get("ORDER") or last)
        return [form.cleaned_data for form in kept]

    def kept(self) -> list[Any]:
        """Return the rows that are filled in and stay."""
        there = self.initial_form_count()
        return [
            form
            for number, form in enumerate(self.forms)
            if (number < there or form.has_changed()) and not self.goes(form)
        ]

    def goes(self, form: forms.Form) -> bool:
        """Return whether a row is to be deleted."""
        return self.can_delete and bool(form.cleaned_data.get("DELETE"))


def make_rows(form: type[StepForm], *, max_num: int, **options: Any) -> Any:
    """Return the class of a table whose rows are these forms, with an empty one at its end.

    Of what is sent only so many forms are made, as each costs time; a loaded file may have more
    than the page offers.
    """
    options = {"formset": Rows, **options, "max_num": max_num, "absolute_max": max_num + 100}
    return formset_factory(form, extra=1, can_delete=True, **options)


@dataclass
class Group:
    """A part of a step: a heading, what is to know, fields, and perhaps rows."""

    heading: "StrPromise | str"
    fields: list[forms.BoundField] = field(default_factory=list)
    rows: Any = None
    note: "StrPromise | str" = ""
    row_name: "StrPromise | str" = ""
    is_law: bool = False


class Editor:
    """A step: forms over the values that stand at its places in a campaign file."""

    places: ClassVar[tuple[str, ...]] = ()

    def __init__(self, values: Mapping[str, Any], data: QueryDict | None = None) -> None:
        self.shown, self.data = values, data
        self.forms: list[Any] = list(self.make_forms())

    def make_forms(self) -> Iterator[Any]:
        """Yield the forms of the step, filled in or sent."""
        raise NotImplementedError

    def groups(self) -> list[Group]:
        """Return the parts of the step in the order of the page."""
        raise NotImplementedError

    def values(self) -> dict[str, Any]:
        """Return what is to stand at each place, after ``is_valid``."""
        raise NotImplementedError

    def fields_by_place(self) -> dict[str, tuple[StepForm, str]]:
        """Return the field that shows each place."""
        raise NotImplementedError

    def is_valid(self) -> bool:
        """Return whether all forms are, each with its errors."""
        valid = [form.is_valid() for form in self.forms]
        return all(valid)

    def find_field(self, place: str) -> tuple[StepForm, str] | None:
        """Return the field at a place, or at the nearest that is around it."""
        known = self.fields_by_place()
        while place:
            if place in known:
                return known[place]
            shorter = LAST_PART.sub("", place)
            place = shorter if shorter != place else ""
        return None
