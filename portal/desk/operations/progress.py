"""How far a campaign has come in its totals, its draw and its payout: what the steps look at."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from campaign import queries, reports
from campaign.models import AggregationRun, Campaign, Terms
from core import approvals
from core.models import Approval, AuditRecord, User
from lottery import confirming, running
from lottery.models import Draw
from lottery.queries import draws_of, subject_of
from points.models import KeyStanding, Payout
from points.queries import count_awards, find_open_answers, find_payout
from portal.announcement import name_of

# Between run and confirmation only who runs, confirms or decides sees a result.
MAY_SEE_RESULTS = (running.PERMISSION, confirming.PERMISSION, approvals.DECIDE)
RECORDED = (
    "draw.freeze",
    "draw.run",
    "draw.reveal",
    "payout.run",
    "payout.export",
    "payout.settle",
)


@dataclass(frozen=True)
class Progress:
    """A campaign and how far it has come, as one person may see it at one instant."""

    user: User
    now: datetime
    campaign: Campaign
    terms: Terms | None  # in force
    draws: list[Draw]  # by sequence, void ones included
    payout: Payout | None
    runs: list[AggregationRun]  # of totals, the newest first, each with its counts of shards
    missed_nights: list[date]
    waiting: list[Approval]  # open requests about this campaign's draws and payout
    records: dict[str, AuditRecord]  # the last record of each of ``RECORDED``
    awards: dict[str, int]  # as ``points.queries.count_awards``; empty before the confirmation
    keys: list[dict[str, Any]]  # ``classed``, ``keys`` and ``waits`` of each class
    waiting_answers: int

    @property
    def campaign_name(self) -> str:
        """The name in force; the code where none is published."""
        return name_of(self.terms) if self.terms else self.campaign.code

    @property
    def draw(self) -> Draw | None:
        """The draw that is not void."""
        return next((one for one in self.draws if one.state != Draw.State.VOID), None)

    @property
    def sees_result(self) -> bool:
        """Whether the person may see what was drawn."""
        draw = self.draw
        if draw is None or draw.drawn_at is None:
            return False
        return draw.state == Draw.State.CONFIRMED or any(map(self.user.has_perm, MAY_SEE_RESULTS))

    @property
    def open_keys(self) -> int:
        """How many keys both sides do not agree on."""
        return sum(one["waits"] for one in self.keys)

    @property
    def is_exported(self) -> bool:
        """Whether the file of credits was written."""
        return self.payout is not None and hasattr(self.payout, "file")

    def find_request(self, action: str) -> Approval | None:
        """Return the open request of an action."""
        return next((one for one in self.waiting if one.action == action), None)


def read_progress(campaign: Campaign, *, user: User, now: datetime) -> Progress:
    """Return how far a campaign has come."""
    draws = list(draws_of(campaign).select_related("terms", "published_by", "confirmed_by"))
    payout = find_payout(campaign)
    standing = next((one for one in draws if one.state != Draw.State.VOID), None)
    is_confirmed = standing is not None and standing.state == Draw.State.CONFIRMED
    return Progress(
        user=user,
        now=now,
        campaign=campaign,
        terms=queries.published_terms(campaign),
        draws=draws,
        payout=payout,
        runs=read_runs(campaign),
        missed_nights=reports.missed_nights(campaign, now=now),
        waiting=read_requests(campaign),
        records=read_records(standing),
        awards=count_awards(standing) if standing and is_confirmed else {},
        keys=count_keys(payout) if payout else [],
        waiting_answers=find_open_answers(payout).count() if payout else 0,
    )


def read_runs(campaign: Campaign) -> list[AggregationRun]:
    """Return the last runs of a campaign's totals with their counts of shards."""
    counted = campaign.runs.annotate(
        shard_count=Count("shards"), done_count=Count("shards", filter=Q(shards__done=True))
    )
    return list(counted.order_by("-id")[:5])


def read_requests(campaign: Campaign) -> list[Approval]:
    """Return the open requests about a campaign's draws and payout, the oldest first."""
    about = Approval.objects.filter(
        state=Approval.State.OPEN, subject__startswith=f"{campaign.code}/"
    )
    return list(about.select_related("requested_by").order_by("id"))


def read_records(draw: Draw | None) -> dict[str, AuditRecord]:
    """Return the last record of each step of a draw that no column names a person of."""
    if draw is None:
        return {}
    made = AuditRecord.objects.filter(
        action__in=RECORDED, subject=subject_of(draw), at__gte=draw.frozen_at
    )
    last = made.order_by("action", "-id").distinct("action")
    return {one.action: one for one in last}


def count_keys(payout: Payout) -> list[dict[str, Any]]:
    """Return of each class of keys how many there are, and how many of them wait."""
    rows: QuerySet[Any, Any] = KeyStanding.objects.filter(payout=payout).values("classed")
    counted = rows.annotate(keys=Count("id"), waits=Count("id", filter=Q(is_open=True)))
    return list(counted.order_by("classed"))
