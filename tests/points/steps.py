"""The steps from a drawn result to points on members' accounts, as staff and workers take them."""

import hashlib
import struct
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bookings.models import Booking
from core.models import Approval
from entries.models import Membership
from lottery import confirming, voiding
from lottery.models import Award, Draw
from points import payout, preparing
from points.models import AwardStanding, Payout, Transfer
from tests import approving
from tests.approving import person
from tests.factories.campaign import FIRST_TERMS
from tests.factories.entries import MembershipFactory
from tests.factories.lottery import drawn_draw, reread

CREDIT_AT: datetime = FIRST_TERMS["credit_at"]
CONFIRMED_AT = CREDIT_AT - timedelta(days=20)
PREPARED_AT = CREDIT_AT - timedelta(days=5)
THREE = {"W1": 5_000, "W2": 12_340, "W3": 30_000}


def approve(approval: Approval | None, at: datetime) -> Approval:
    """Approve a request at an instant, as a new approver."""
    return approving.approve(approval, at=at)


def confirmed(totals: Mapping[str, int] = THREE, **options: Any) -> Draw:
    """Return a draw that was confirmed, with its awards reserved."""
    return confirm(drawn_draw(totals, **options))


def confirm(draw: Draw) -> Draw:
    approval = confirming.request_confirmation(draw=draw, actor=person("ops"), at=CONFIRMED_AT)
    approve(approval, CONFIRMED_AT)
    return reread(draw)


def void(draw: Draw) -> Draw:
    approval = voiding.request_void(
        draw=draw, reason="A load was missing.", actor=person("ops"), at=CONFIRMED_AT
    )
    approve(approval, CONFIRMED_AT)
    return reread(draw)


def prepared(totals: Mapping[str, int] = THREE, **options: Any) -> Payout:
    """Return an approved payout."""
    return prepare(confirmed(totals, **options))


def prepare(draw: Draw) -> Payout:
    approval = preparing.request_payout(campaign=draw.campaign, actor=person("ops"), at=PREPARED_AT)
    approve(approval, PREPARED_AT)
    return Payout.objects.select_related("draw__campaign", "draw__terms").get(draw=draw)


def paid(totals: Mapping[str, int] = THREE, **options: Any) -> Payout:
    """Return a payout that has ended."""
    return pay(prepared(totals, **options))


def pay(one: Payout, *, at: datetime = CREDIT_AT) -> Payout:
    """Carry a payout out to its end."""
    payout.pay_remaining_parts(one, now=lambda: at)
    one.refresh_from_db(fields=["ended_at", "closed_at"])
    return one


def leave(*wester_ids: str) -> None:
    """Have members leave WESTER."""
    for wester_id in wester_ids:
        MembershipFactory.create(wester_id=wester_id)


def stay(wester_id: str) -> None:
    """Let a member return."""
    Membership.objects.filter(wester_id=wester_id).update(status="active")


def lower(wester_id: str, *, to: int) -> None:
    """Lower the total of a member; to 0 by a cancellation."""
    bookings = Booking.objects.filter(wester_id=wester_id)
    bookings.update(amount_yen=to, cancelled=to == 0)


def standings(draw: Draw) -> dict[str, tuple[str, int, int, int, str]]:
    """Return of every award: its state, points credited, released and forfeited, and why."""
    rows = AwardStanding.objects.filter(draw=draw)
    return {
        one.wester_id: (
            one.state,
            one.credited_points,
            one.released_points,
            one.forfeited_points,
            one.reason,
        )
        for one in rows
    }


def ends(draw: Draw) -> dict[tuple[str, int], tuple[int, int, int, str]]:
    """Return of every award, by member and prize: points credited, released, forfeited, and why."""
    return {
        (one.wester_id, one.prize): (
            one.credited_points,
            one.released_points,
            one.forfeited_points,
            one.reason,
        )
        for one in AwardStanding.objects.filter(draw=draw)
    }


def credit_key(award: Award) -> str:
    """Return the key of an award's credit, in hex, by the specification's formula."""
    subject = bytes(award.draw.manifest_sha256) + bytes(award.entrant.pid)
    return hashlib.sha256(b"credit/v2\0" + subject + struct.pack(">H", award.prize)).hexdigest()


def transfers() -> list[dict[str, Any]]:
    """Return the whole ledger."""
    return [dict(one) for one in Transfer.objects.order_by("id").values()]
