"""The prizes of step 3: a row each, with other caps for members with some facts inside."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import pgettext, pgettext_lazy

from campaign.facts import TICKETLESS
from campaign.file_form import ALL, FIXED, MAX_PERCENT, MAX_PRIZES, ONE_IN, POOL, SPENT, WINNERS
from portal.desk.campaigns.editor import Rows, StepForm, make_rows
from portal.desk.campaigns.fields import (
    REQUIRED,
    CodeField,
    LineField,
    NumberField,
    choices_with,
    in_language,
)
from portal.names import BOOKING_SERVICES

POINTS, YEN = pgettext_lazy("after an amount", "points"), pgettext_lazy("after an amount", "yen")
PERCENT = pgettext_lazy("after an amount", "percent")
NAME = pgettext_lazy("desk", "Name of the prize")
FACTS: Mapping[str, Any] = {
    TICKETLESS: pgettext_lazy("a fact of a member", "A ticketless ride"),
    **{str(service): name for service, name in BOOKING_SERVICES.items()},
}
TAKES = (
    (ALL, pgettext_lazy("who wins", "Everybody, in the order of the draw")),
    (WINNERS, pgettext_lazy("who wins", "A number of winners")),
    (ONE_IN, pgettext_lazy("who wins", "One in so many")),
)
KINDS = (
    (SPENT, pgettext_lazy("a reward", "A share of the spending")),
    (FIXED, pgettext_lazy("a reward", "The same points for each winner")),
    (POOL, pgettext_lazy("a reward", "Points that all share")),
)
# What a reward of each kind needs, and what it may have.
NEEDS = {SPENT: ("percent", "cap"), FIXED: ("points",), POOL: ("points",)}
MAY_HAVE = {SPENT: (), FIXED: (), POOL: ("cap",)}


class WhenForm(StepForm):
    """Facts, all of which a member must have."""

    when = forms.MultipleChoiceField(
        label=pgettext_lazy("desk", "Members with all of"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, present: Sequence[str] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["when"]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices_with(FACTS, present)


class CapForm(WhenForm):
    """Another cap for members with some facts."""

    cap = NumberField(label=pgettext_lazy("desk", "Largest reward then"), unit=POINTS)


CapRows = make_rows(CapForm, max_num=20)


class PrizeForm(StepForm):
    """A prize: who wins it, and what they get."""

    name_ja = LineField(label=in_language(NAME, "ja"))
    name_en = LineField(label=in_language(NAME, "en"))
    take = forms.ChoiceField(
        label=pgettext_lazy("desk", "Who wins"), choices=TAKES, initial=ALL, required=False
    )
    take_count = NumberField(
        label=pgettext_lazy("desk", "How many"),
        required=False,
        help_text=pgettext_lazy("desk", "Number of winners, or one in how many."),
    )
    kind = forms.ChoiceField(
        label=pgettext_lazy("desk", "Reward"), choices=KINDS, initial=SPENT, required=False
    )
    percent = NumberField(
        label=pgettext_lazy("desk", "Share"), unit=PERCENT, most=MAX_PERCENT, required=False
    )
    points = NumberField(label=pgettext_lazy("desk", "Points"), unit=POINTS, required=False)
    cap = NumberField(label=pgettext_lazy("desk", "Largest reward"), unit=POINTS, required=False)
    minimum_total_yen = NumberField(
        label=pgettext_lazy("desk", "Own minimum"),
        unit=YEN,
        required=False,
        help_text=pgettext_lazy("desk", "Empty: that of the campaign."),
    )
    beside = forms.BooleanField(
        label=pgettext_lazy("desk", "Also for winners of earlier prizes"), required=False
    )
    code = CodeField(
        label=pgettext_lazy("desk", "Code of the prize"),
        required=False,
        help_text=pgettext_lazy("desk", "Empty: the number of the prize."),
    )

    def __init__(self, *args: Any, present: Sequence[str] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.caps = CapRows(
            self.data if self.is_bound else None,
            prefix=f"{self.prefix}-caps",
            initial=self.initial.get("cap_if") or [],
            form_kwargs={"present": present},
        )

    def has_changed(self) -> bool:
        """Return whether anything was filled in, the caps included."""
        return super().has_changed() or any(row.has_changed() for row in self.caps.forms)

    def is_valid(self) -> bool:
        """Return whether the prize and its caps are."""
        own, caps = super().is_valid(), self.caps.is_valid()
        return own and caps

    def clean(self) -> dict[str, Any]:
        """Check that the numbers of the take and of the reward are given."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        given["take"], given["kind"] = given.get("take") or ALL, given.get("kind") or SPENT
        needed = [*NEEDS[given["kind"]], *(() if given["take"] == ALL else ("take_count",))]
        for name in needed:
            if name in given and given[name] is None:
                self.add_error(name, REQUIRED)
        if given["take"] == ONE_IN and given.get("take_count") == 1:
            self.add_error("take_count", pgettext_lazy("desk", "Enter 2 or more."))
        if given["take"] != ALL and (given.get("beside") or given["kind"] == POOL):
            self.add_error("take", pgettext_lazy("desk", "This prize must be for everybody."))
        if given["kind"] == POOL and given.get("minimum_total_yen"):
            sentence = pgettext_lazy("desk", "Leave it empty, as all share these points.")
            self.add_error("minimum_total_yen", sentence)
        return given

    def fields_by_place(self, place: str) -> dict[str, tuple[StepForm, str]]:
        """Return the fields of the row by their places."""
        names = {
            place: "take",
            f"{place}.name.ja": "name_ja",
            f"{place}.name.en": "name_en",
            f"{place}.take": "take_count",
            f"{place}.reward.cap_if": "cap",
            **{f"{place}.{name}": name for name in ("code", "minimum_total_yen", "beside")},
            **{f"{place}.reward.{name}": name for name in ("percent", "points", "cap")},
        }
        found: dict[str, tuple[Any, str]] = {inner: (self, name) for inner, name in names.items()}
        for number, row in enumerate(self.caps.forms):
            found[f"{place}.reward.cap_if[{number}]"] = (row, "when")
        return found


class PrizeFormSet(Rows):
    """All prizes, in their order."""

    def prizes(self) -> list[dict[str, Any]]:
        """Return the prizes as a file has them."""
        return [prize(number, row) for number, row in enumerate(self.given(), 1)]

    def given(self) -> list[dict[str, Any]]:
        """Return the values of the rows, with the caps of each."""
        for form in self.kept():
            form.cleaned_data["cap_if"] = form.caps.given()
        return super().given()

    def clean(self) -> None:
        """Check that each prize has its own code."""
        seen: set[str] = set()
        for number, form in enumerate(self.kept(), 1):
            if not form.is_valid():
                continue
            code = form.cleaned_data["code"] or str(number)
            if code in seen:
                form.add_error("code", pgettext("desk", "Another prize has this code already."))
            seen.add(code)


PrizeRows = make_rows(
    PrizeForm, formset=PrizeFormSet, can_order=True, max_num=MAX_PRIZES, validate_max=True
)


def prize(number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a prize of a file from the values of its row."""
    kind = row["kind"]
    reward = {name: row[name] for name in (*NEEDS[kind], *MAY_HAVE[kind])}
    caps = [{"when": sorted(one["when"]), "cap": one["cap"]} for one in row["cap_if"]]
    return {
        "code": row["code"] or str(number),
        "name": {"ja": row["name_ja"], "en": row["name_en"]},
        "take": {row["take"]: True if row["take"] == ALL else row["take_count"]},
        "minimum_total_yen": row["minimum_total_yen"],
        "beside": row["beside"],
        "reward": {"kind": kind, **reward, **({"cap_if": caps} if kind == SPENT else {})},
    }


def present_facts(times: Sequence[Any], prizes: Sequence[Any]) -> set[str]:
    """Return the facts that a draft names."""
    caps = [item for one in prizes for item in one["reward"].get("cap_if", [])]
    return {fact for item in (*times, *caps) for fact in item["when"]}
