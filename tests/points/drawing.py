"""Draws that have come to their confirmation, made as the protocol makes them, only shorter."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from campaign.models import Campaign, User
from campaign.queries import working_terms
from lottery.models import Award, Draw, Entrant
from tests.factories.campaign import JAPAN, CampaignFactory, TermsFactory, UserFactory

FROZEN_AT = datetime(2025, 1, 20, 12, tzinfo=JAPAN)
ROUND_TIME = datetime(2025, 1, 22, 12, tzinfo=JAPAN)
DRAWN_AT = datetime(2025, 1, 22, 13, tzinfo=JAPAN)
CONFIRMED_AT = datetime(2025, 1, 23, 9, tzinfo=JAPAN)


def campaign_with(**terms: Any) -> Campaign:
    """Return a published campaign with some of the first one's terms changed."""
    campaign = CampaignFactory.create()
    TermsFactory.create(campaign=campaign, published=True, **terms)
    return campaign


def draw_awards(
    totals: Mapping[str, int],
    *,
    campaign: Campaign | None = None,
    partial_points: int = 0,
    later: timedelta = timedelta(),
) -> Draw:
    """Return a draw in which these members won, in this order, with these totals (yen).

    With ``partial_points`` the last one's award is only so much.
    """
    campaign = campaign or CampaignFactory.create(published=True)
    draw = freeze(campaign, totals, later)
    person = UserFactory.create(role="approver")
    publish(draw, person)
    run(draw, partial_points)
    return draw


def confirm(draw: Draw, person: User | None = None) -> Draw:
    """Have the draw confirmed, without what comes with it."""
    draw.state, draw.confirmed_at = Draw.State.CONFIRMED, draw.round_time + timedelta(hours=21)
    draw.confirmed_by = person or UserFactory.create(role="approver")
    draw.save()
    return draw


def freeze(campaign: Campaign, totals: Mapping[str, int], later: timedelta) -> Draw:
    """Write the frozen list; only pids and rewards are what they would be."""
    terms = working_terms(campaign)
    sequence = 1 + campaign.draws.count()
    manifest = f"manifest {campaign.code} {sequence}".encode()
    draw = Draw.objects.create(
        campaign=campaign,
        sequence=sequence,
        terms=terms,
        chain=Draw.Chain.LOCAL,
        round=1 + sequence,
        round_time=ROUND_TIME + later,
        publish_by=ROUND_TIME + later - timedelta(days=1),
        frozen_at=FROZEN_AT + later,
        pid_key=b"K",
        nonce_key=b"K2",
        entry_count=len(totals),
        terms_json=b"{}",
        manifest=manifest,
        manifest_sha256=hashlib.sha256(manifest).digest(),
        signature="0" * 128,
        verifier=b"",
        subtrees=bytes((len(totals) + 1023) // 1024 * 32),
    )
    Entrant.objects.bulk_create(
        entrant(draw, position, wester_id, total)
        for position, (wester_id, total) in enumerate(totals.items())
    )
    campaign.entries_frozen_at = draw.frozen_at
    campaign.save()
    return draw


def entrant(draw: Draw, position: int, wester_id: str, total: int) -> Entrant:
    """Return a frozen entry; one a point beyond the cap stays there, for the database to judge."""
    cap = draw.terms.reward_cap_points
    return Entrant(
        draw=draw,
        position=position,
        wester_id=wester_id,
        total_yen=total,
        reward_points=total if total <= cap + 1 else cap,
        pid=pid_of(draw, wester_id),
        nonce=bytes(32),
        commitment=bytes(32),
    )


def pid_of(draw: Draw, wester_id: str) -> bytes:
    return hashlib.sha256(f"{draw.pk} {wester_id}".encode()).digest()[:16]


def publish(draw: Draw, person: User) -> None:
    draw.state, draw.published_at = Draw.State.PUBLISHED, draw.publish_by
    draw.published_by = person
    draw.save()


def run(draw: Draw, partial_points: int) -> None:
    """Draw everybody in the order of the list."""
    entrants = list(draw.entrants.order_by("position"))
    points = [one.reward_points for one in entrants]
    if partial_points:
        points[-1] = partial_points
    draw.state, draw.drawn_at = Draw.State.DRAWN, draw.round_time + timedelta(hours=1)
    draw.round_json = draw.result = draw.winners_csv = b""
    draw.winners = len(entrants) - bool(partial_points)
    draw.total_points = sum(points)
    draw.leftover_points = 0
    draw.save()
    Award.objects.bulk_create(
        Award(draw=draw, entrant=one, rank=rank, points=award)
        for rank, (one, award) in enumerate(zip(entrants, points, strict=True), start=1)
    )
