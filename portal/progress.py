"""How far each published campaign has come, by a number of queries that does not grow with them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet

from campaign.models import AggregationRun, Campaign, Terms
from campaign.queries import terms_in_force
from campaign.reason_counts import last_runs
from campaign.reports import LATE, night_by
from lottery.models import Draw
from lottery.queries import LARGE_COLUMNS
from points.models import Payout
from points.queries import STALLED_AFTER
from portal.states import ShownState, shown_state

DONE = Q(parts__done_at__isnull=False)


@dataclass(frozen=True)
class Progress:
    """A published campaign: its terms in force, its draw that is not void, its payout, its runs.

    ``started_at`` is when entries opened, or the campaign was published, if that was later.
    """

    terms: Terms
    started_at: datetime
    draw: Draw | None
    payout: Payout | None
    last_as_of: datetime | None  # of the last run that was started
    run: AggregationRun | None  # the last that is finished

    @property
    def campaign(self) -> Campaign:
        """The campaign."""
        return self.terms.campaign

    @property
    def code(self) -> str:
        """The campaign's code."""
        return str(self.campaign.code)

    @property
    def is_paid(self) -> bool:
        """Whether every award was credited or forfeited."""
        return self.payout is not None and self.payout.ended_at is not None

    @property
    def is_confirmed(self) -> bool:
        """Whether the draw's result is confirmed."""
        return self.draw is not None and self.draw.state == Draw.State.CONFIRMED

    def is_kept(self, *, now: datetime) -> bool:
        """Return whether the campaign's data is still kept."""
        return now.date() <= self.terms.kept_until

    def state(self, *, now: datetime) -> ShownState:
        """Return the state that members see."""
        return shown_state(
            self.terms,
            now=now,
            entries_frozen_at=self.campaign.entries_frozen_at,
            confirmed_at=self.draw.confirmed_at if self.draw else None,
            paid_at=self.payout.ended_at if self.payout else None,
        )

    def nights_missed(self, *, now: datetime) -> tuple[int, date] | None:
        """Return how many nights came since the last run, and the first; None where none is late.

        A run that anybody started since is as good as that of the night.
        """
        begun = [self.started_at, *([self.last_as_of] if self.last_as_of else [])]
        before = max(night_by(instant) for instant in begun)
        nights = (night_by(min(now - LATE, self.terms.credit_at)) - before).days
        if self.is_paid or nights < 1:
            return None
        return nights, date.fromordinal(before.toordinal() + 1)

    def stalled_since(self, *, now: datetime) -> datetime | None:
        """Return since when the payout makes no progress; None where it need not, or does."""
        if self.payout is None or self.payout.ended_at is not None:
            return None
        due = max(self.terms.credit_at, self.payout.approved_at)
        done: datetime | None = vars(self.payout)["last_done_at"]
        last = max(due, done) if done else due
        return last if now >= last + STALLED_AFTER else None


def find_progress() -> list[Progress]:
    """Return how far each published campaign has come, the last to open first."""
    in_force = list(terms_in_force().order_by("-opens_at", "-id"))
    published = Terms.objects.filter(published_at__isnull=False).values_list("campaign")
    published_at = dict(published.annotate(first=Min("published_at")).order_by())
    as_of = dict(AggregationRun.objects.values_list("campaign").annotate(Max("as_of")).order_by())
    runs = {run.campaign_id: run for run in last_runs()}
    draws = {draw.campaign_id: draw for draw in standing_draws()}
    payouts = {payout.draw_id: payout for payout in described_payouts()}
    found = []
    for terms in in_force:
        draw = draws.get(terms.campaign_id)
        found.append(
            Progress(
                terms=terms,
                started_at=max(terms.opens_at, published_at[terms.campaign_id]),
                draw=draw,
                payout=payouts.get(draw.pk) if draw else None,
                last_as_of=as_of.get(terms.campaign_id),
                run=runs.get(terms.campaign_id),
            )
        )
    return found


def standing_draws() -> QuerySet[Draw]:
    """Return the draw of each campaign that is not void, without the bytes of its files."""
    return Draw.objects.exclude(state=Draw.State.VOID).defer(*LARGE_COLUMNS)


def described_payouts() -> QuerySet[Payout, Any]:
    """Return the payouts, each with its file, its parts and how many of them are done."""
    return Payout.objects.select_related("file").annotate(
        last_done_at=Max("parts__done_at"),
        part_count=Count("parts", distinct=True),
        done_count=Count("parts", filter=DONE, distinct=True),
        result_count=Count("results", distinct=True),
    )
