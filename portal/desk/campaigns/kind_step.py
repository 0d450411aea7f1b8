"""Step 4: which member kinds take part, and which must register before booking."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import pgettext_lazy

from portal.desk.campaigns.editor import Editor, Group, StepForm
from portal.desk.campaigns.fields import choices_with
from portal.names import MEMBER_KINDS

LISTS = ("kinds_free", "kinds_registered", "kinds_excluded")
ROLES = (
    ("kinds_free", pgettext_lazy("a member kind", "Takes part without registering")),
    ("kinds_registered", pgettext_lazy("a member kind", "Takes part if registered before booking")),
    ("kinds_excluded", pgettext_lazy("a member kind", "Does not take part")),
    ("", pgettext_lazy("a member kind", "Not named: such bookings are left undecided")),
)


class KindForm(StepForm):
    """For each member kind, what it must do."""

    def __init__(self, *args: Any, present: dict[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        for kind, label in choices_with(MEMBER_KINDS, present):
            self.fields[f"kind-{kind}"] = KindField(kind, label, initial=present.get(kind, ""))


class KindField(forms.ChoiceField):
    """What one member kind must do."""

    def __init__(self, kind: str, label: Any, *, initial: str) -> None:
        super().__init__(
            choices=ROLES, label=label, required=False, widget=forms.RadioSelect, initial=initial
        )
        self.kind = kind


class KindStep(Editor):
    """The step of the member kinds."""

    places = tuple(f"bookings.{name}" for name in LISTS)

    def make_forms(self) -> Iterator[StepForm]:
        """Yield the form."""
        present = {kind: name for name in LISTS for kind in self.shown[f"bookings.{name}"]}
        self.form = KindForm(self.data, present=present)
        yield self.form

    def groups(self) -> list[Group]:
        """Return the kinds."""
        return [
            Group(
                pgettext_lazy("desk", "Members of the EX Service"),
                [self.form[name] for name in self.form.fields],
                note=pgettext_lazy("desk", "Bookings on e5489 need none of this."),
            )
        ]

    def values(self) -> dict[str, Any]:
        """Return the three lists."""
        found: dict[str, list[str]] = {name: [] for name in LISTS}
        for name, field in self.form.fields.items():
            chosen = self.form.cleaned_data[name]
            if chosen and isinstance(field, KindField):
                found[chosen].append(field.kind)
        return {f"bookings.{name}": sorted(kinds) for name, kinds in found.items()}

    def fields_by_place(self) -> dict[str, tuple[StepForm, str]]:
        """Return the first kind of each list."""
        return dict.fromkeys(self.places, (self.form, next(iter(self.form.fields))))
