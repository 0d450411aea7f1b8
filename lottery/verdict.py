"""What the public verifier says of a draw, in words for a page."""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from core.errors import Refusal, system_failed
from lottery.models import Draw
from lottery.verifying import verify_draw

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

STEP = re.compile(r"\((\d+)\) ([a-z ]+): (ok|FAILED|not before the draw)")
WARNING = " WARNING: "
# By the number of the verifier's step.
STEPS: dict[int, "StrPromise"] = {
    1: pgettext_lazy("step of a verification", "Fingerprint of the list"),
    2: pgettext_lazy("step of a verification", "Times of the steps"),
    3: pgettext_lazy("step of a verification", "Terms and files"),
    4: pgettext_lazy("step of a verification", "List of entrants"),
    5: pgettext_lazy("step of a verification", "Value that fixes the list"),
    6: pgettext_lazy("step of a verification", "Public random number"),
    7: pgettext_lazy("step of a verification", "Seed value"),
    8: pgettext_lazy("step of a verification", "Order of the lots"),
    9: pgettext_lazy("step of a verification", "Rewards"),
    10: pgettext_lazy("step of a verification", "Awards"),
    11: pgettext_lazy("step of a verification", "Certificate"),
}
RESULTS: dict[str, "StrPromise"] = {
    "ok": pgettext_lazy("result of a step", "passed"),
    "FAILED": pgettext_lazy("result of a step", "failed"),
    "not before the draw": pgettext_lazy("result of a step", "only after the draw"),
}


@dataclass(frozen=True)
class Step:
    """One step of the verification: its name, its result, and what the verifier printed."""

    name: str
    result: str
    line: str


@dataclass(frozen=True)
class Verdict:
    """Whether the verifier accepts the files of a draw; None where it could not be run.

    ``is_test`` says that the random number came from a chain for tests.
    """

    accepted: bool | None
    is_drawn: bool
    is_test: bool = False
    steps: list[Step] = field(default_factory=list)
    reason: str = ""

    @property
    def text(self) -> str:
        """The verdict as one sentence or two."""
        if self.accepted is None:
            return _("It could not be verified. %(reason)s") % {"reason": self.reason}
        if not self.accepted:
            return _("Not accepted: %(reason)s.") % {"reason": self.reason}
        if self.is_drawn:
            if self.is_test:
                return _("Accepted. Note: the random number is one for tests.")
            return _("Accepted.")
        if self.is_test:
            return _("Accepted, the draw can begin. Note: the random number is one for tests.")
        return _("Accepted, the draw can begin.")


def reach_verdict(draw: Draw) -> Verdict:
    """Verify the files that a draw has so far, as outsiders do."""
    lines: list[str] = []
    is_drawn = draw.drawn_at is not None
    try:
        accepted = verify_draw(draw, print_line=lines.append)
    except Refusal as refusal:
        return Verdict(None, is_drawn, reason=str(refusal))
    except OSError as failure:  # a disk that is full is no fault of the page
        return Verdict(None, is_drawn, reason=system_failed(failure))
    steps = [step for line in lines if (step := read_step(line))]
    return Verdict(
        accepted,
        is_drawn,
        is_test=any(WARNING in line for line in lines),
        steps=steps,
        reason="" if accepted else (steps[-1].name if steps else _("the files are not complete")),
    )


def read_step(line: str) -> Step | None:
    """Return the step that a line of the verifier is about; None of any other line."""
    match = STEP.match(line)
    if match is None:
        return None
    number, name, result = match.groups()
    named = STEPS.get(int(number))
    return Step(str(named) if named else name, str(RESULTS[result]), line)
