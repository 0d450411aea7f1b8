"""Draws at any stage, over a handful of entrants."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from campaign.canonical import canonical_json
from campaign.models import Campaign, User
from lottery import protocol
from lottery.freezing import freeze_draw
from lottery.models import Award, Draw, Entrant
from lottery.selection import cut_at_budget, order_pids
from tests.factories.campaign import JAPAN
from tests.factories.lottery import enter_members

FROZEN = datetime(2025, 1, 20, 9, tzinfo=JAPAN)
PUBLISHED = datetime(2025, 1, 21, 15, 30, tzinfo=JAPAN)
ROUND_TIME = datetime(2025, 1, 24, 12, tzinfo=JAPAN)
DRAWN = ROUND_TIME + timedelta(minutes=5)
CONFIRMED = datetime(2025, 1, 24, 17, tzinfo=JAPAN)
VOIDED = datetime(2025, 1, 24, 18, tzinfo=JAPAN)
REWARDS = {f"W-{number}": 5_000 + 1_000 * number for number in range(1, 8)}


@dataclass
class MadeDraw:
    """A draw of a campaign; ``rewards`` by WESTER ID, of members that it makes."""

    campaign: Campaign
    rewards: dict[str, int] = field(default_factory=lambda: dict(REWARDS))
    round_time: datetime = ROUND_TIME

    def frozen(self) -> Draw:
        """Make the draw with its list."""
        enter_members(self.campaign, self.rewards)
        return freeze_draw(
            campaign=self.campaign, round_time=self.round_time, chain="local", at=FROZEN
        )

    def published(self) -> Draw:
        """Publish it."""
        draw = self.frozen()
        return change(draw, state="published", published_at=PUBLISHED, published_by=somebody())

    def drawn(self) -> Draw:
        """Run it."""
        return run(self.published())

    def confirmed(self) -> Draw:
        """Confirm it."""
        return change(
            self.drawn(), state="confirmed", confirmed_at=CONFIRMED, confirmed_by=somebody()
        )


@transaction.atomic
def run(draw: Draw) -> Draw:
    """Run a draw."""
    signature = hashlib.sha256(b"a round").digest() + bytes(16)
    randomness = hashlib.sha256(signature).digest()
    seed = protocol.seed_of(bytes(draw.manifest_sha256), draw.round, randomness)
    entrants = {bytes(one.pid): one for one in draw.entrants.all()}
    order = [entrants[pid] for pid in order_pids(seed, entrants)]
    cut = cut_at_budget(
        (one.reward_points for one in order),
        budget=draw.terms.budget_points,
        policy=draw.terms.policy,
    )
    rows = write_rows(order[: cut.awards])
    round_values = {
        "round": draw.round,
        "signature": signature.hex(),
        "randomness": randomness.hex(),
    }
    result = {
        "schema": "pointdraw/1/result",
        "manifest_sha256": bytes(draw.manifest_sha256).hex(),
        **round_values,
        "seed": seed.hex(),
        "winners": cut.winners,
        "total_points": cut.total_points,
        "leftover_points": cut.leftover_points,
        "winners_sha256": hashlib.sha256(rows).hexdigest(),
    }
    change(
        draw,
        state="drawn",
        drawn_at=DRAWN,
        round_json=canonical_json(round_values),
        result=canonical_json(result),
        winners_csv=rows,
        winners=cut.winners,
        total_points=cut.total_points,
        leftover_points=cut.leftover_points,
    )
    for rank, one in enumerate(order[: cut.awards], start=1):
        points = one.reward_points if rank <= cut.winners else cut.partial_points
        Award.objects.create(draw=draw, entrant=one, rank=rank, points=points)
    return draw


def write_rows(drawn: list[Entrant]) -> bytes:
    """Return winners.csv."""
    lines, cumulative = ["rank,pid,reward,m,cumulative"], 0
    for rank, one in enumerate(drawn, start=1):
        cumulative += one.reward_points
        opening = protocol.opening_of(bytes(one.nonce), one.wester_id.encode()).hex()
        lines.append(f"{rank},{bytes(one.pid).hex()},{one.reward_points},{opening},{cumulative}")
    return "".join(f"{line}\n" for line in lines).encode()


def void(draw: Draw, reason: str = "対象のご利用の取り込みに漏れがあったため") -> Draw:
    """Void a draw."""
    change(draw, state="void", voided_at=VOIDED, voided_by=somebody(), void_reason=reason)
    Campaign.objects.filter(pk=draw.campaign_id).update(entries_frozen_at=None)
    return draw


def change(draw: Draw, **values: Any) -> Draw:
    """Bring a draw further."""
    for name, value in values.items():
        setattr(draw, name, value)
    draw.save(update_fields=list(values))
    return draw


def somebody() -> User:
    """Return a person of the staff."""
    user: User = User.objects.get_or_create(username="approver")[0]
    return user
