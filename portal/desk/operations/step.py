"""What a step is: one thing that a person does for a campaign, once or again."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.http import HttpResponseBase
from django.utils.translation import pgettext_lazy

from core.audit import Actor
from core.models import Approval, User
from portal.desk.operations.forms import StepForm
from portal.desk.operations.progress import Progress

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

Fact = tuple["StrPromise | str", Any]  # a label, and text or SafeString of what is known


class Mark(StrEnum):
    """Where a step stands."""

    DONE = "done"
    WAITS = "waits"  # for a second person
    NEXT = "next"
    LATER = "later"
    POSSIBLE = "possible"


MARKS = {
    Mark.DONE: pgettext_lazy("a step", "Done"),
    Mark.WAITS: pgettext_lazy("a step", "Waits for approval"),
    Mark.NEXT: pgettext_lazy("a step", "Next"),
    Mark.LATER: pgettext_lazy("a step", "Not yet"),
    Mark.POSSIBLE: pgettext_lazy("a step", "Possible"),
}


@dataclass(frozen=True)
class Step:
    """A step: what it will do, whether it is done, why it cannot be done, and what it did.

    ``carry_out`` returns the sentence of what happened, or a file to download; it raises the
    refusals of the operation that it calls.
    """

    name: str  # in the address
    title: "StrPromise"
    button: "StrPromise"
    permission: str
    before: Callable[[Progress], list[str]]
    why_not: Callable[[Progress], str]  # empty where it can be done now
    carry_out: Callable[[Progress, dict[str, Any], Actor], str | HttpResponseBase]
    is_done: Callable[[Progress], bool] = lambda _progress: False
    after: Callable[[Progress], list[Fact]] = lambda _progress: []
    form: type[StepForm] = StepForm
    action: str = ""  # what a second person approves
    is_decision: bool = True
    repeats: bool = False
    has_upload: bool = False


@dataclass(frozen=True)
class StepSeen:
    """A step as the page of a campaign shows it."""

    step: Step
    mark: Mark
    why_not: str
    after: list[Fact]
    request: Approval | None
    may_open: bool
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def mark_name(self) -> "StrPromise":
        """The mark in words."""
        return MARKS[self.mark]


def see_steps(steps: tuple[Step, ...], progress: Progress) -> list[StepSeen]:
    """Return the steps with their marks; the first that is neither done nor waits comes next."""
    seen: list[StepSeen] = []
    has_next = False
    for step in steps:
        request = progress.find_request(step.action) if step.action else None
        why_not = step.why_not(progress)
        is_done = step.is_done(progress)
        mark = mark_step(is_done=is_done, waits=request is not None, comes_next=not has_next)
        has_next = has_next or not is_done
        seen.append(
            StepSeen(
                step=step,
                mark=mark,
                why_not="" if is_done or request else why_not,
                after=step.after(progress),
                request=request,
                may_open=may_open(step, progress.user, why_not, is_done=is_done),
            )
        )
    return seen


def see_possible(steps: tuple[Step, ...], progress: Progress) -> list[StepSeen]:
    """Return the steps that stand outside the order, each possible or not."""
    return [
        StepSeen(
            step=step,
            mark=Mark.WAITS if request else Mark.LATER if why_not else Mark.POSSIBLE,
            why_not=why_not,
            after=step.after(progress),
            request=request,
            may_open=may_open(step, progress.user, why_not, is_done=False),
        )
        for step in steps
        for request in (progress.find_request(step.action) if step.action else None,)
        for why_not in (step.why_not(progress),)
    ]


def mark_step(*, is_done: bool, waits: bool, comes_next: bool) -> Mark:
    """Return where a step of an order stands."""
    if is_done:
        return Mark.DONE
    if waits:
        return Mark.WAITS
    return Mark.NEXT if comes_next else Mark.LATER


def may_open(step: Step, user: User, why_not: str, *, is_done: bool) -> bool:
    """Return whether a person finds the step's button."""
    return user.has_perm(step.permission) and not why_not and (step.repeats or not is_done)
