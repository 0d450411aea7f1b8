"""The steps of a payout: prepare, credit, send the file, settle the answers, close; and reverse."""

import tempfile
import zipfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.http import FileResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from bookings.models import FeedFile
from core import clock
from core.audit import Actor
from core.enqueuing import enqueue
from core.errors import Refusal
from points import auditing, closing, correcting, exporting, payout, preparing, settling
from points.models import CreditFile, Payout
from points.queries import describe_waiting_answers
from points.refusals import NotApproved
from points.settling import SettledFile
from points.tasks import MESSAGES_PER_PAYOUT, pay_parts
from points.words import AWARDS
from portal.desk.operations import forms
from portal.desk.operations.progress import Progress
from portal.desk.operations.step import Fact, Step
from portal.desk.operations.wording import (
    instant,
    points,
    recorded,
    refusal_of,
    requested,
    warn_of_waiting_rows,
)
from portal.desk.operations.words import KEY_CLASSES, word_of_refused_file
from portal.formats import grouped

if TYPE_CHECKING:
    from portal.desk.operations.forms import Uploaded


class AnswersRefused(Refusal):
    """The file of answers is refused as a whole."""


def get_payout(progress: Progress) -> Payout:
    """Return the approved payout.

    Raises:
        NotApproved: there is none.
    """
    if progress.payout is None:
        raise NotApproved(_("The payout is not approved."))
    return progress.payout


def credit_at(progress: Progress) -> datetime | None:
    """Return the instant from which points are credited."""
    return progress.draw.terms.credit_at if progress.draw else None


# Prepare


def say_before_prepare(progress: Progress) -> list[str]:
    """Say what approving the payout permits."""
    return [
        _(
            "At most %(points)s to %(count)s awards are approved; the check before each credit can "
            "only lower this."
        )
        % {
            "points": points(progress.awards.get("award_points", 0)),
            "count": grouped(progress.awards.get("awards", 0)),
        },
        _("Once approved, the workers credit by themselves from %(instant)s on.")
        % {"instant": instant(credit_at(progress))},
        _("The draw cannot become void any more."),
        *warn_of_waiting_rows(),
    ]


def find_obstacle_to_prepare(progress: Progress) -> str:
    """Return why the payout cannot be requested now."""
    return refusal_of(preparing.get_confirmed_draw, progress.campaign)


def prepare(progress: Progress, _values: dict[str, Any], actor: Actor) -> str:
    """Request the payout."""
    approval = preparing.request_payout(campaign=progress.campaign, actor=actor, at=clock.now())
    return requested(approval, _("The payout is approved already."))


def say_after_prepare(progress: Progress) -> list[Fact]:
    """Say what was approved."""
    if progress.payout is None:
        return []
    return [
        (pgettext_lazy("a fact", "Approved"), instant(progress.payout.approved_at)),
        (pgettext_lazy("a fact", "Awards"), grouped(progress.payout.awards)),
        (pgettext_lazy("a fact", "At most"), points(progress.payout.award_points)),
        (pgettext_lazy("a fact", "Credited from"), instant(credit_at(progress))),
    ]


# Credit


def say_before_pay(_progress: Progress) -> list[str]:
    """Say what crediting does."""
    return [
        _("Every award is checked once more, then credited, lowered or forfeited, exactly once."),
        _("The workers do it by themselves when it is due; the button sends it to them once more."),
        *warn_of_waiting_rows(),
    ]


def find_obstacle_to_pay(progress: Progress) -> str:
    """Return why nothing can be credited now."""
    if progress.payout is None:
        return refusal_of(get_payout, progress)
    if progress.payout.ended_at:
        return ""
    return refusal_of(payout.refuse_before_credit_at, progress.payout, at=progress.now)


def pay(progress: Progress, _values: dict[str, Any], actor: Actor) -> str:
    """Record who runs the payout, and send it to the workers."""
    at, one = clock.database_now(), get_payout(progress)
    payout.refuse_before_credit_at(one, at=at)
    payout.record_run_start(one, at=at, actor=actor)
    for _message in range(MESSAGES_PER_PAYOUT):
        enqueue(pay_parts, payout_id=one.pk)
    return _("It was sent to the workers. This page shows how far it is.")


def say_after_pay(progress: Progress) -> list[Fact]:
    """Say how far the crediting is."""
    one = progress.payout
    if one is None:
        return []
    if one.ended_at:
        return [(pgettext_lazy("a fact", "Credited until"), instant(one.ended_at))]
    all_parts = one.parts.count()
    done = one.parts.filter(done_at__isnull=False).count()
    text = _("%(done)s of %(all)s parts done") % {"done": grouped(done), "all": grouped(all_parts)}
    return [(pgettext_lazy("a fact", "So far"), text)]


# Send the file


def say_before_export(_progress: Progress) -> list[str]:
    """Say what the file is."""
    return [
        _(
            "The file of credits and its manifest are downloaded, packed together. Unpack both and "
            "hand them to the points system."
        ),
        _(
            "The file names members: the audit records who took it. It is always the same file, "
            "however often it is taken."
        ),
    ]


def find_obstacle_to_export(progress: Progress) -> str:
    """Return why there is no file yet."""
    if progress.payout is None:
        return refusal_of(get_payout, progress)
    return "" if progress.payout.ended_at else _("The crediting has not ended.")


def export(progress: Progress, _values: dict[str, Any], actor: Actor) -> FileResponse:
    """Send the file of credits with its manifest."""
    file, files = exporting.take_files(payout=get_payout(progress), at=clock.now(), actor=actor)
    packed = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    packed.seek(0)
    name = f"{str(file).removesuffix('.csv')}.zip"
    return FileResponse(packed, as_attachment=True, filename=name)


def say_after_export(progress: Progress) -> list[Fact]:
    """Say which file was sent."""
    if progress.payout is None or not progress.is_exported:
        return []
    file = progress.payout.file
    return [
        (pgettext_lazy("a fact", "File"), str(file)),
        (pgettext_lazy("a fact", "Credits"), name_credits(file)),
        (pgettext_lazy("a fact", "Fingerprint of the content (SHA-256)"), file.sha256),
        (pgettext_lazy("a fact", "Taken last"), recorded(progress.records.get("payout.export"))),
    ]


def name_credits(file: CreditFile) -> str:
    """Return how many credits a file has, and of how many points."""
    values = {"count": grouped(file.rows), "points": points(file.total_points)}
    return _("%(count)s credits, %(points)s") % values


# Settle the answers


def say_before_settle(_progress: Progress) -> list[str]:
    """Say what loading an answer does."""
    return [
        _("The answers of the points system are compared with our credits, one by one."),
        _("A credit that it rejected is reversed here and its award forfeited, at once."),
        _("Rows that cannot be read wait in quarantine; a file loaded before changes nothing."),
    ]


def find_obstacle_to_settle(progress: Progress) -> str:
    """Return why no answer can be loaded."""
    if progress.payout is None:
        return refusal_of(get_payout, progress)
    if not progress.is_exported:
        return _("The file of credits was never written.")
    return _("The payout is closed.") if progress.payout.closed_at else ""


def settle(progress: Progress, values: dict[str, Any], actor: Actor) -> str:
    """Load an uploaded file of answers.

    Raises:
        AnswersRefused: the file is refused as a whole.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = store(values["file"], Path(folder))
        store(values["manifest"], Path(folder))
        outcome = settling.settle(
            payout=get_payout(progress), path=path, at=clock.now(), actor=actor
        )
    if outcome.status == FeedFile.Status.REFUSED:
        raise AnswersRefused(
            _("The file was refused, and nothing of it is loaded: %(reason)s")
            % {"reason": word_of_refused_file(outcome.reason)}
        )
    return say_outcome(outcome)


def store(file: "Uploaded", folder: Path) -> Path:
    """Store an uploaded file under its own name, which the form has checked."""
    path = folder / Path(str(file.name)).name
    with path.open("wb") as stored:
        for chunk in file.chunks():
            stored.write(chunk)
    return path


def say_outcome(outcome: SettledFile) -> str:
    """Say what became of a file that was taken."""
    if outcome.status != FeedFile.Status.LOADED:
        return _("%(name)s was loaded before; nothing changed.") % {"name": outcome.name}
    sentences = [
        _("%(name)s: %(rows)s answers, %(applied)s of them new, %(quarantined)s in quarantine.")
        % {
            "name": outcome.name,
            "rows": grouped(outcome.rows),
            "applied": grouped(outcome.applied),
            "quarantined": grouped(outcome.quarantined),
        }
    ]
    if outcome.others:
        sentences.append(
            _("Answers of other campaigns are in it, to be settled there too: %(codes)s.")
            % {"codes": ", ".join(outcome.others)}
        )
    if outcome.unknown:
        sentences.append(
            _("Answers whose key belongs to no campaign: %(count)s; see the keys.")
            % {"count": grouped(outcome.unknown)}
        )
    return " ".join(sentences)


def say_after_settle(progress: Progress) -> list[Fact]:
    """Say what both sides say of the credits."""
    one = progress.payout
    if one is None or not progress.is_exported:
        return []
    facts: list[Fact] = [
        (pgettext_lazy("a fact", "Files of answers"), grouped(one.results.count())),
        *((KEY_CLASSES[row["classed"]], grouped(row["keys"])) for row in progress.keys),
        (pgettext_lazy("a fact", "Keys to be resolved"), grouped(progress.open_keys)),
    ]
    if progress.waiting_answers:
        facts.append(
            (
                pgettext_lazy("a fact", "Answers in quarantine"),
                " ".join(describe_waiting_answers(one)),
            )
        )
    return facts


# Close


def say_before_close(_progress: Progress) -> list[str]:
    """Say what closing does."""
    return [
        _(
            "Both sides agree on every key and every sum, and nothing of this payout changes any "
            "more."
        ),
    ]


def find_obstacle_to_close(progress: Progress) -> str:
    """Return why the payout cannot be closed now."""
    if not progress.is_exported:
        return find_obstacle_to_export(progress) or _("The file of credits was never written.")
    if progress.open_keys:
        return _("Keys to be resolved: %(count)s.") % {"count": grouped(progress.open_keys)}
    if progress.waiting_answers:
        return _("Answers in quarantine: %(count)s.") % {"count": grouped(progress.waiting_answers)}
    return ""


def close(progress: Progress, _values: dict[str, Any], actor: Actor) -> str:
    """Close the payout."""
    was_open = closing.close_payout(payout=get_payout(progress), at=clock.now(), actor=actor)
    return _("The payout is closed.") if was_open else _("The payout was closed before.")


def say_after_close(progress: Progress) -> list[Fact]:
    """Say when it was closed."""
    if progress.payout is None or progress.payout.closed_at is None:
        return []
    return [(pgettext_lazy("a fact", "Closed"), instant(progress.payout.closed_at))]


def list_awards(progress: Progress) -> list[Fact]:
    """Return the numbers and points of the awards, each in words."""
    return [
        (AWARDS[name], points(value) if name.endswith("points") else grouped(value))
        for name, value in progress.awards.items()
    ]


# Outside the order: reverse a credit


def say_before_reverse(_progress: Progress) -> list[str]:
    """Say what a reversal does."""
    return [
        _("The credit is reversed and its award forfeited: the member loses these points."),
        _("While a payout is being settled, resolve the key instead."),
    ]


def find_obstacle_to_reverse(progress: Progress) -> str:
    """Return why nothing can be reversed."""
    return "" if progress.awards.get("credited") else _("There are no credits yet.")


def reverse(_progress: Progress, values: dict[str, Any], actor: Actor) -> str:
    """Request the reversal of a credit."""
    approval = correcting.request_reversal(**values, actor=actor, at=clock.now())
    return requested(approval, _("This credit was reversed already."))


ORDER = (
    Step(
        name="prepare",
        title=pgettext_lazy("a step", "Have the payout approved"),
        button=pgettext_lazy("a step", "Request the payout"),
        permission=preparing.PERMISSION,
        before=say_before_prepare,
        why_not=find_obstacle_to_prepare,
        carry_out=prepare,
        is_done=lambda progress: progress.payout is not None,
        after=say_after_prepare,
        action=preparing.PREPARE,
    ),
    Step(
        name="credit",
        title=pgettext_lazy("a step", "Credit the points"),
        button=pgettext_lazy("a step", "Credit now"),
        permission=auditing.MAY_PAY,
        before=say_before_pay,
        why_not=find_obstacle_to_pay,
        carry_out=pay,
        is_done=lambda progress: bool(progress.payout and progress.payout.ended_at),
        after=say_after_pay,
    ),
    Step(
        name="export",
        title=pgettext_lazy("a step", "Take the file for the points system"),
        button=pgettext_lazy("a step", "Download the file"),
        permission=auditing.MAY_PAY,
        before=say_before_export,
        why_not=find_obstacle_to_export,
        carry_out=export,
        is_done=lambda progress: progress.is_exported,
        after=say_after_export,
        repeats=True,
    ),
    Step(
        name="settle",
        title=pgettext_lazy("a step", "Settle the answers"),
        button=pgettext_lazy("a step", "Load the answers"),
        permission=auditing.MAY_PAY,
        before=say_before_settle,
        why_not=find_obstacle_to_settle,
        carry_out=settle,
        is_done=lambda progress: (
            progress.is_exported and not progress.open_keys and not progress.waiting_answers
        ),
        after=say_after_settle,
        form=forms.AnswerFileForm,
        repeats=True,
        has_upload=True,
    ),
    Step(
        name="close",
        title=pgettext_lazy("a step", "Close the payout"),
        button=pgettext_lazy("a step", "Close"),
        permission=auditing.MAY_PAY,
        before=say_before_close,
        why_not=find_obstacle_to_close,
        carry_out=close,
        is_done=lambda progress: bool(progress.payout and progress.payout.closed_at),
        after=say_after_close,
    ),
)
OTHER = (
    Step(
        name="reverse",
        title=pgettext_lazy("a step", "Reverse a credit that was a mistake"),
        button=pgettext_lazy("a step", "Request the reversal"),
        permission=correcting.MAY_REVERSE,
        before=say_before_reverse,
        why_not=find_obstacle_to_reverse,
        carry_out=reverse,
        form=forms.ReversalForm,
        repeats=True,
    ),
)
