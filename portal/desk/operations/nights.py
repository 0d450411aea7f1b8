"""The step of totals: recompute them now, which also makes up for a night that was missed."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from campaign import aggregation, queries
from campaign.models import AggregationRun
from campaign.tasks import MESSAGES_PER_RUN, compute_shards
from core import approvals, audit, clock
from core.audit import Actor
from core.enqueuing import enqueue
from portal.desk.operations.progress import Progress
from portal.desk.operations.step import Fact, Step
from portal.desk.operations.wording import instant, refusal_of
from portal.formats import day_in_words


def say_before(progress: Progress) -> list[str]:
    """Say what recomputing does, and how many nights it makes up for."""
    lines = [
        _("The totals of every member whose bookings changed are computed again, by the workers."),
        _("Nothing that was recorded of a draw or a payout changes."),
    ]
    if progress.missed_nights:
        lines.append(
            _("Nights without totals: %(count)s, the last of them %(night)s. One run is enough.")
            % {
                "count": len(progress.missed_nights),
                "night": day_in_words(progress.missed_nights[-1]),
            }
        )
    return lines


def find_obstacle(progress: Progress) -> str:
    """Return why the totals cannot be recomputed now."""
    if progress.runs and progress.runs[0].finished_at is None:
        return _("A run is under way.")
    return refusal_of(queries.working_terms, progress.campaign)


def start(progress: Progress, _values: dict[str, Any], actor: Actor) -> str:
    """Start a run and send it to the workers."""
    run, is_new = start_run(progress, actor)
    for _message in range(MESSAGES_PER_RUN):
        enqueue(compute_shards, run=run.pk)
    if not is_new:
        return _("A run is under way already; it was sent to the workers once more.")
    return _("The run has started. This page shows how far it is.")


@transaction.atomic
def start_run(progress: Progress, actor: Actor) -> tuple[AggregationRun, bool]:
    """Start a run in the name of a person; return it, and whether it is new.

    Raises:
        NotPermitted: the person may not start one.
        NoTerms: the campaign has no terms.
    """
    approvals.require(actor.user, aggregation.MAY_START)
    run, is_new = aggregation.start_run(campaign=progress.campaign, as_of=clock.database_now())
    if is_new:
        audit.record(
            actor=actor,
            action="totals.start",
            subject=progress.campaign.code,
            at=clock.now(),
            detail={"run": run.pk, "mode": str(run.mode)},
        )
    return run, is_new


def say_after(progress: Progress) -> list[Fact]:
    """Say how far the last run is."""
    if not progress.runs:
        return []
    last = progress.runs[0]
    counts: dict[str, Any] = vars(last)
    if last.finished_at is None:
        text = _("since %(instant)s: %(done)s of %(all)s parts done") % {
            "instant": instant(last.as_of),
            "done": counts["done_count"],
            "all": counts["shard_count"],
        }
        return [(pgettext_lazy("a fact", "Under way"), text)]
    return [(pgettext_lazy("a fact", "Totals as of"), instant(last.as_of))]


AGGREGATE = Step(
    name="aggregate",
    title=pgettext_lazy("a step", "Recompute the totals now"),
    button=pgettext_lazy("a step", "Recompute now"),
    permission=aggregation.MAY_START,
    before=say_before,
    why_not=find_obstacle,
    carry_out=start,
    after=say_after,
    is_decision=False,
    repeats=True,
)
