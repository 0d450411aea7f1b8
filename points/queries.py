"""Read what pages, commands and metrics show of points."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from bookings.models import QuarantinedRow
from bookings.quarantine import open_rows
from campaign.models import Campaign
from campaign.queries import get_campaign
from core.models import Approval
from lottery.models import Draw
from lottery.queries import standing_draw, subject_of
from points.models import (
    AwardStanding,
    CreditAnswer,
    CreditStatus,
    KeyStanding,
    Payout,
    Resolution,
    Transfer,
    WaitingAnswer,
)
from points.refusals import NotApproved

State = AwardStanding.State
STALLED_AFTER = timedelta(minutes=10)
SHOWN = 20  # rows of a file that a sentence names
PREPARE = "payout.prepare"  # as ``points.preparing`` registers it

# The counts of a draw's awards, in the order shown.
COUNTS = {
    "awards": Count("award"),
    "award_points": Sum("award_points"),
    "pending": Count("award", filter=Q(state__in=[State.DRAWN, State.RESERVED])),
    "credited": Count("award", filter=Q(state=State.CREDITED)),
    "credited_points": Sum("credited_points"),
    "forfeited": Count("award", filter=Q(state=State.FORFEITED)),
    "forfeited_points": Sum("forfeited_points"),
    "released_points": Sum("released_points"),
    "expired_points": Sum("expired_points"),
}


@dataclass(frozen=True)
class MemberCredit:
    """What became of one award of a member; whole points.

    ``prize`` is its number in the plan; ``state`` is one of ``AwardStanding.State``; ``reason`` is
    why points were not credited: ``withdrawn``, ``below_minimum``, ``lot_withdrawn``,
    ``lower_total``, ``rejected`` or ``reversed``.
    """

    prize: int
    state: str
    award_points: int
    credited_points: int
    credited_at: datetime | None
    expires_on: date | None
    released_points: int
    forfeited_points: int
    expired_points: int
    reason: str


def find_member_credits(draw: Draw, wester_id: str) -> list[MemberCredit]:
    """Return what became of each of a member's awards in a draw, in the order of the prizes."""
    awards = draw.awards.filter(entrant__wester_id=wester_id, entrant__draw=draw).values("id")
    standings = AwardStanding.objects.filter(award__in=awards).order_by("prize")
    return [
        MemberCredit(
            prize=standing.prize,
            state=standing.state,
            award_points=standing.award_points,
            credited_points=standing.credited_points,
            credited_at=standing.credited_at,
            expires_on=standing.expires_on,
            released_points=standing.released_points,
            forfeited_points=standing.forfeited_points,
            expired_points=standing.expired_points,
            reason=standing.reason,
        )
        for standing in standings
    ]


@dataclass(frozen=True)
class CreditFacts:
    """One credit of a member, and the last answer of the points system to it; whole points.

    ``answered`` is None while there is no answer; ``is_resolved``: a person decided what is so.
    """

    points: int
    answered: CreditAnswer | None
    is_resolved: bool

    @property
    def agrees(self) -> bool:
        """Whether the points system credited the same points."""
        answer = self.answered
        return answer is not None and (answer.status, answer.points) == (
            CreditStatus.CREDITED,
            self.points,
        )


def find_credit_answers(draw: Draw, wester_id: str) -> list[CreditFacts]:
    """Return each credit of a member with the answer to it; uses creditanswer_of_a_key."""
    awards = draw.awards.filter(entrant__wester_id=wester_id, entrant__draw=draw).values("id")
    credited = Transfer.objects.filter(kind=Transfer.Kind.CREDIT, award__in=awards)
    points = {bytes(one.key): one.points for one in credited.order_by("id")}
    if not points:
        return []
    of_keys = {"payout__draw": draw, "credit_key__in": list(points)}
    answers = CreditAnswer.objects.filter(**of_keys)
    in_order = answers.order_by("business_date", "sequence", "delivery", "id")
    last = {bytes(answer.credit_key): answer for answer in in_order}
    resolutions = Resolution.objects.filter(**of_keys, approval__isnull=False)
    resolved = {bytes(one.credit_key) for one in resolutions}
    return [CreditFacts(sum_, last.get(key), key in resolved) for key, sum_ in points.items()]


def find_payout(campaign: Campaign) -> Payout | None:
    """Return the approved payout of a campaign's draw; None before the approval."""
    payouts = Payout.objects.select_related("draw__campaign", "draw__terms")
    return payouts.filter(draw__campaign=campaign).exclude(draw__state=Draw.State.VOID).first()


def get_payout(code: str) -> Payout:
    """Return the approved payout of a campaign by its code.

    Raises:
        UnknownCampaign: there is no such campaign.
        NotApproved: its payout is not approved.
    """
    payout = find_payout(get_campaign(code))
    if payout is None:
        raise NotApproved(_("The payout of this campaign is not approved."))
    return payout


def decided_at(approval: Approval) -> datetime:
    """Return when an approval that is being carried out was decided."""
    if approval.decided_at is None:
        raise TypeError("Only a decided approval is carried out.")
    return approval.decided_at


def find_due_payouts(*, now: datetime) -> list[Payout]:
    """Return the approved payouts whose crediting instant has come and that have not ended."""
    unfinished = Payout.objects.filter(ended_at__isnull=True, draw__terms__credit_at__lte=now)
    return list(unfinished.select_related("draw__campaign", "draw__terms").order_by("id"))


def find_payout_end(campaign: Campaign) -> datetime | None:
    """Return when the last award of a campaign was credited or forfeited; None before."""
    payout = find_payout(campaign)
    return payout.ended_at if payout else None


def find_open_request(draw: Draw) -> Approval | None:
    """Return the request for a draw's payout that waits for a second person."""
    requests = Approval.objects.filter(action=PREPARE, subject=subject_of(draw))
    return requests.filter(state=Approval.State.OPEN).first()


def count_awards(draw: Draw) -> dict[str, int]:
    """Return the numbers and points of a draw's awards by what became of them."""
    found = AwardStanding.objects.filter(draw=draw).aggregate(**COUNTS)
    return {name: int(value or 0) for name, value in found.items()}


def count_credited_members(draw: Draw) -> int:
    """Return how many members of a draw were credited something, whatever their awards' number."""
    credited = AwardStanding.objects.filter(draw=draw, state=State.CREDITED)
    return credited.values("wester_id").distinct().count()


def count_keys(payout: Payout) -> dict[str, int]:
    """Return the number of a payout's keys in each class."""
    counts = dict.fromkeys(KeyStanding.Class.values, 0)
    rows = KeyStanding.objects.filter(payout=payout).values("classed")
    counts.update(rows.annotate(keys=Count("credit_key")).values_list("classed", "keys"))
    return counts


def find_open_keys(payout: Payout) -> QuerySet[KeyStanding]:
    """Return the keys on which both sides do not agree."""
    return KeyStanding.objects.filter(payout=payout, is_open=True).order_by("credit_key")


def find_open_answers(payout: Payout) -> QuerySet[QuarantinedRow]:
    """Return the rows of a payout's results files in quarantine, without other campaigns' rows."""
    waiting = WaitingAnswer.objects.filter(payout=payout)
    return open_rows().filter(pk__in=waiting.values("row"))


def describe_waiting_answers(payout: Payout) -> list[str]:
    """Return a sentence for each results file with rows in quarantine."""
    rows = find_open_answers(payout).values_list("file__name", "record")
    return [
        _(
            "%(file)s: rows in quarantine, %(count)s: %(rows)s. Settle a later file that answers "
            "them, or dismiss each with a reason."
        )
        % {"file": name, "count": f"{len(records):,}", "rows": format_numbers(records)}
        for name, records in group_by_name(rows.order_by("file_id", "record"))
    ]


def group_by_name(rows: Iterable[tuple[str, int]]) -> Iterator[tuple[str, list[int]]]:
    """Yield each name with its numbers; the rows are sorted by name."""
    for name, some in groupby(rows, key=itemgetter(0)):
        yield name, [number for _name, number in some]


def format_numbers(numbers: list[int]) -> str:
    """Return the first numbers as text, with an ellipsis where there are more."""
    return ", ".join(map(str, numbers[:SHOWN])) + (", …" if len(numbers) > SHOWN else "")


def describe_payout(campaign: Campaign, *, now: datetime) -> dict[str, Any]:
    """Return the state of a campaign's payout for programs; nothing names a member.

    ``open`` counts what prevents the close: awards that are not paid yet, keys on which both
    sides do not agree, and rows of answers in quarantine.
    """
    draw = standing_draw(campaign)
    payout = find_payout(campaign)
    counts = count_awards(draw) if draw and draw.state == Draw.State.CONFIRMED else {}
    classes = count_keys(payout) if payout else {}
    file = getattr(payout, "file", None)
    waiting = find_open_keys(payout).count() if payout and file else counts.get("credited", 0)
    quarantined = find_open_answers(payout).count() if payout else 0
    return {
        "code": campaign.code,
        "state": payout_state(draw, payout),
        "sequence": draw.sequence if draw else None,
        **dict.fromkeys(COUNTS, 0),
        **counts,
        "open": counts.get("pending", 0) + waiting + quarantined,
        "quarantined": quarantined,
        "classes": classes,
        "credit_at": draw.terms.credit_at if draw else None,
        "approved_at": payout.approved_at if payout else None,
        "ended_at": payout.ended_at if payout else None,
        "closed_at": payout.closed_at if payout else None,
        "warnings": list_campaign_warnings(campaign, now=now),
    }


def payout_state(draw: Draw | None, payout: Payout | None) -> str:
    """Return the name of a payout's state."""
    if draw is None or draw.state != Draw.State.CONFIRMED:
        return "not_confirmed"
    if payout is None:
        return "prepared" if find_open_request(draw) else "confirmed"
    if payout.closed_at:
        return "closed"
    if hasattr(payout, "file"):
        return "settling"
    if payout.ended_at:
        return "paid"
    return "running" if payout.parts.filter(done_at__isnull=False).exists() else "approved"


def list_campaign_warnings(campaign: Campaign, *, now: datetime) -> list[str]:
    """Return what needs staff: a due payout not approved or stalled, answers in quarantine."""
    draw = standing_draw(campaign)
    if draw is None or draw.state != Draw.State.CONFIRMED or now < draw.terms.credit_at:
        return []
    payout = find_payout(campaign)
    if payout is None:
        return [_("%(code)s: the payout is due and not approved.") % {"code": campaign.code}]
    if payout.ended_at is None and now >= find_last_progress(payout) + STALLED_AFTER:
        return [_("%(code)s: the payout has stalled.") % {"code": campaign.code}]
    return [f"{campaign.code}: {sentence}" for sentence in describe_waiting_answers(payout)]


def find_last_progress(payout: Payout) -> datetime:
    """Return when a part was last paid, else when the first one could have been."""
    due = max(payout.draw.terms.credit_at, payout.approved_at)
    done: datetime | None = payout.parts.aggregate(last=Max("done_at"))["last"]
    return max(due, done) if done else due


def list_warnings(*, now: datetime) -> list[str]:
    """Return the warnings of every campaign."""
    campaigns = Campaign.objects.filter(draws__isnull=False).distinct().order_by("id")
    return [one for campaign in campaigns for one in list_campaign_warnings(campaign, now=now)]
