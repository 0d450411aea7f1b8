"""The steps of the editor, and in which of them a finding belongs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import pgettext_lazy

from campaign import drafting
from campaign.drafting import Draft
from campaign.findings import Finding
from portal.desk.campaigns.amount_step import AmountStep
from portal.desk.campaigns.editor import Editor
from portal.desk.campaigns.kind_step import KindStep
from portal.desk.campaigns.name_step import NameStep
from portal.desk.campaigns.period_step import PeriodStep
from portal.desk.campaigns.text_step import TextStep

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


@dataclass(frozen=True)
class Step:
    """A step: its word in the address, its name, and its editor."""

    slug: str
    name: "StrPromise"
    editor: type[Editor]

    def values_of(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return what stands at the places of the step."""
        return {place: drafting.value_at(content, place) for place in self.editor.places}

    def has(self, place: str) -> bool:
        """Return whether a place of the file is in this step."""
        return any(place == own or place.startswith((f"{own}.", f"{own}[")) for own in self.places)

    @property
    def places(self) -> tuple[str, ...]:
        """The places of the file that the step shows."""
        return self.editor.places


STEPS = (
    Step("name", pgettext_lazy("a step", "1 Name"), NameStep),
    Step("periods", pgettext_lazy("a step", "2 Periods"), PeriodStep),
    Step("amounts", pgettext_lazy("a step", "3 Conditions and amounts"), AmountStep),
    Step("kinds", pgettext_lazy("a step", "4 Member kinds"), KindStep),
    Step("texts", pgettext_lazy("a step", "5 Texts of the page"), TextStep),
)
BY_SLUG = {step.slug: step for step in STEPS}
# The sentences of these findings name codes and places of a file; a page has words instead.
WORDS: dict[str, "StrPromise"] = {
    "impossible_fact": pgettext_lazy(
        "a finding", "No booking of this campaign can give one of the ticked facts."
    ),
    "hidden_when": pgettext_lazy("a finding", "This never applies, as a line above fits first."),
    "kind_on_two_lists": pgettext_lazy("a finding", "A member kind stands on two lists."),
    "line_of_others": pgettext_lazy(
        "a finding", "This company runs no section of one of the ticked lines."
    ),
    "rule_without_sentence": pgettext_lazy(
        "a finding", "Members could not read why a booking does not count."
    ),
    **dict.fromkeys(
        (
            *("unknown_service", "unknown_payment_method", "unknown_product", "unknown_channel"),
            *("unknown_kind", "unknown_operator", "unknown_line", "unknown_drawing"),
        ),
        pgettext_lazy("a finding", "A choice is not known here. Take it out."),
    ),
}

# What is missing where a list is empty.
EMPTY_LISTS: dict[str, "StrPromise"] = {
    "bookings.touches": pgettext_lazy("desk", "Journeys that count"),
    "bookings.travel": pgettext_lazy("desk", "Travel period"),
    "prizes": pgettext_lazy("desk", "Prizes"),
}


@dataclass(frozen=True)
class Pointed:
    """A finding as a page shows it: at which field of which step, in words."""

    step: Step | None
    label: str
    sentence: str
    refuses: bool
    anchor: str


def sentence_of(finding: Finding) -> str:
    """Return a finding in words."""
    return str(WORDS.get(finding.code, finding.sentence))


def step_of(place: str) -> Step | None:
    """Return the step that a place of the file is in."""
    return next((step for step in STEPS if step.has(place)), None)


def point_out(draft: Draft, findings: list[Finding]) -> list[Pointed]:
    """Return the findings at their fields, in the order of the steps."""
    editors: dict[str, Editor] = {}
    found = []
    for finding in findings:
        step = step_of(finding.field)
        label = anchor = ""
        if step:
            if step.slug not in editors:
                editors[step.slug] = step.editor(step.values_of(draft.content))
            if field := editors[step.slug].find_field(finding.field):
                form, name = field
                label, anchor = str(form[name].label), form[name].id_for_label
            label = str(EMPTY_LISTS.get(finding.field, label))
        found.append(Pointed(step, label, sentence_of(finding), finding.refuses, anchor))
    order = [step.slug for step in STEPS]
    return sorted(found, key=lambda one: order.index(one.step.slug) if one.step else len(order))
