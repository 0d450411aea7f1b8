"""Draws as the protocol makes them, at any stage, over a handful of entrants."""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from campaign.canonical import canonical_json
from campaign.models import Campaign, Terms, User
from lottery import protocol
from lottery.models import Award, Draw, Entrant
from lottery.selection import cut_at_budget, order_pids
from tests.factories.campaign import JAPAN

FROZEN = datetime(2025, 1, 20, 9, tzinfo=JAPAN)
PUBLISHED = datetime(2025, 1, 21, 15, 30, tzinfo=JAPAN)
ROUND_TIME = datetime(2025, 1, 24, 12, tzinfo=JAPAN)
DRAWN = ROUND_TIME + timedelta(minutes=5)
CONFIRMED = datetime(2025, 1, 24, 17, tzinfo=JAPAN)
VOIDED = datetime(2025, 1, 24, 18, tzinfo=JAPAN)
GENESIS = 1577836800
REWARDS = {f"W-{number}": 5_000 + 1_000 * number for number in range(1, 8)}


@dataclass
class MadeDraw:
    """What a draw is made of; ``rewards`` by WESTER ID."""

    terms: Terms
    rewards: dict[str, int] = field(default_factory=lambda: dict(REWARDS))
    sequence: int = 1
    chain: str = "local"
    gap_s: int = 86_400
    secret: bytes = b"K"

    def frozen(self) -> Draw:
        """Make the draw with its list."""
        entrants = sorted(
            (self.entrant(one, reward) for one, reward in self.rewards.items()), key=by_pid
        )
        records = b"".join(one.pid + one.commitment for one in entrants)
        manifest = canonical_json(self.manifest(records, len(entrants)))
        draw = Draw.objects.create(
            campaign=self.terms.campaign,
            sequence=self.sequence,
            terms=self.terms,
            chain=self.chain,
            round=self.round,
            round_time=ROUND_TIME,
            publish_by=ROUND_TIME - timedelta(seconds=self.gap_s),
            frozen_at=FROZEN,
            entry_count=len(entrants),
            terms_json=b"{}",
            manifest=manifest,
            manifest_sha256=hashlib.sha256(manifest).digest(),
            signature="0" * 128,
            verifier=b"print('verified')\n",
        )
        for position, one in enumerate(entrants):
            one.draw, one.position = draw, position
        Entrant.objects.bulk_create(entrants)
        Campaign.objects.filter(pk=draw.campaign_id).update(entries_frozen_at=FROZEN)
        return draw

    def published(self) -> Draw:
        """Publish it."""
        draw = self.frozen()
        return change(draw, state="published", published_at=PUBLISHED, published_by=somebody())

    def drawn(self) -> Draw:
        """Run it."""
        draw = self.published()
        signature = hashlib.sha256(b"a round").digest() + bytes(16)
        randomness = hashlib.sha256(signature).digest()
        seed = protocol.seed_of(bytes(draw.manifest_sha256), self.round, randomness)
        entrants = {bytes(one.pid): one for one in draw.entrants.all()}
        order = [entrants[pid] for pid in order_pids(seed, entrants)]
        cut = cut_at_budget(
            (one.reward_points for one in order),
            budget=self.terms.budget_points,
            policy=self.terms.policy,
        )
        rows = write_rows(order[: cut.awards])
        round_values = {
            "round": self.round,
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
        for rank, one in enumerate(order[: cut.awards], start=1):
            points = one.reward_points if rank <= cut.winners else cut.partial_points
            Award.objects.create(draw=draw, entrant=one, rank=rank, points=points)
        return change(
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

    def confirmed(self) -> Draw:
        """Confirm it."""
        return change(
            self.drawn(), state="confirmed", confirmed_at=CONFIRMED, confirmed_by=somebody()
        )

    @property
    def round(self) -> int:
        """The number of the round at the round's time."""
        return (int(ROUND_TIME.timestamp()) - GENESIS) // 3 + 1

    def entrant(self, wester_id: str, reward: int) -> Entrant:
        """Make one entrant."""
        pid = hmac.digest(self.secret, b"pid/v1\0" + wester_id.encode(), "sha256")[:16]
        nonce = hmac.digest(self.secret + b"2", pid, "sha256")
        opening = protocol.opening_of(nonce, wester_id.encode())
        return Entrant(
            wester_id=wester_id,
            total_yen=reward,
            reward_points=reward,
            pid=pid,
            nonce=nonce,
            commitment=protocol.commitment_of(pid, reward, opening),
        )

    def manifest(self, records: bytes, count: int) -> dict[str, Any]:
        """Return what the manifest says, as far as pages and browsers read it."""
        return {
            "schema": "pointdraw/1",
            "campaign": self.terms.campaign.code,
            "sequence": self.sequence,
            "entry_count": count,
            "entries_sha256": hashlib.sha256(records).hexdigest(),
            "merkle_root": protocol.root_of(protocol.leaves_of(records)).hex(),
            "reward_cap": self.terms.reward_cap_points,
            "budget": self.terms.budget_points,
            "policy": self.terms.policy,
            "beacon": {"round": self.round, "round_time": int(ROUND_TIME.timestamp())},
            "min_gap_s": self.gap_s,
            "signing_key": "ab" * 32,
        }


def by_pid(entrant: Entrant) -> bytes:
    """Return what the list is sorted by."""
    return bytes(entrant.pid)


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
    Campaign.objects.filter(pk=draw.campaign_id).update(entries_frozen_at=None)
    return change(draw, state="void", voided_at=VOIDED, voided_by=somebody(), void_reason=reason)


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
