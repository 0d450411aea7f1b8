"""Write the published files, byte for byte.

Manifest: the file that says what is fixed before the seed can be known.
Source: docs/specs/draw-protocol.md 2.6, 2.7, 3.5.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from core.canonical_json import canonical_json
from lottery.beacon import MAX_EXACT_NUMBER, ChainInfo, Round
from lottery.selection import Cut

MANIFEST_SCHEMA, RESULT_SCHEMA = "pointdraw/1", "pointdraw/1/result"
RECEIPT_SCHEMA = "pointdraw/1/receipt"
WINNERS_HEADER = b"rank,pid,reward,m,cumulative\n"


class DrawTerms(Protocol):
    """The terms that are published with a draw."""

    version: int
    opens_at: datetime
    closes_at: datetime
    travel_first: date
    travel_last: date
    minimum_total_yen: int
    reward_cap_points: int
    budget_points: int
    policy: str
    credit_at: datetime
    expires_on: date
    time_zone: str
    operator: str
    kinds_excluded: list[str]
    kinds_registered: list[str]
    kinds_free: list[str]


@dataclass(frozen=True)
class FrozenList:
    """The manifest's fields about the list of entrants; hashes in hex."""

    entry_count: int
    entries_sha256: str
    merkle_root: str
    pid_key_sha256: str


@dataclass(frozen=True)
class ManifestHeader:
    """The manifest's fields besides terms, list and beacon; hashes in hex."""

    campaign: str
    sequence: int
    previous_manifest_sha256: str | None
    verifier_sha256: str
    signing_key: str


@dataclass(frozen=True)
class DrawnEntry:
    """A row of winners.csv: a winner, or the entry after the cut."""

    pid: bytes
    reward: int
    opening: bytes


def published_json(content: Mapping[str, Any]) -> bytes:
    """Return canonical JSON in the protocol's subset, where all writers give the same bytes.

    Raises:
        TypeError: a value has a type outside the subset.
        ValueError: a string is not printable ASCII, or a number has more than 53 bits.
    """
    refuse_beyond_subset(content)
    return canonical_json(content)


def read_json(content: bytes) -> dict[str, Any]:
    """Parse a published file of our own."""
    found: dict[str, Any] = json.loads(content)
    return found


def refuse_beyond_subset(value: object) -> None:
    """Refuse strings beyond printable ASCII and numbers beyond 53 bits, at any depth."""
    if isinstance(value, str) and not (value.isascii() and value.isprintable()):
        raise ValueError("A published string is printable ASCII.")
    if isinstance(value, int) and abs(value) > MAX_EXACT_NUMBER:
        raise ValueError("A published number has at most 53 bits.")
    if isinstance(value, Mapping):
        value = [*value.keys(), *value.values()]
    if isinstance(value, (list, tuple)):
        for item in value:
            refuse_beyond_subset(item)


def unix(instant: datetime) -> int:
    """Return an instant without a fraction in Unix seconds."""
    return int(instant.timestamp())


def credit_on(terms: DrawTerms) -> str:
    """Return the day of the crediting in the campaign's time zone."""
    return terms.credit_at.astimezone(ZoneInfo(terms.time_zone)).date().isoformat()


def terms_json(code: str, terms: DrawTerms) -> bytes:
    """Return terms.json."""
    return published_json(
        {
            "campaign": code,
            "version": terms.version,
            "opens_at": unix(terms.opens_at),
            "closes_at": unix(terms.closes_at),
            "travel_first": terms.travel_first.isoformat(),
            "travel_last": terms.travel_last.isoformat(),
            "minimum_total": terms.minimum_total_yen,
            "reward_cap": terms.reward_cap_points,
            "budget": terms.budget_points,
            "policy": terms.policy,
            "credit_on": credit_on(terms),
            "expires_on": terms.expires_on.isoformat(),
            "time_zone": terms.time_zone,
            "operator": terms.operator,
            "kinds_excluded": sorted(terms.kinds_excluded),
            "kinds_registered": sorted(terms.kinds_registered),
            "kinds_free": sorted(terms.kinds_free),
        }
    )


def manifest_json(
    *,
    header: ManifestHeader,
    terms: DrawTerms,
    terms_sha256: str,
    entries: FrozenList,
    chain: ChainInfo,
    round_number: int,
    frozen_at: datetime,
    min_gap_s: int,
) -> bytes:
    """Return manifest.json: everything that is fixed before the seed can be known."""
    round_time = chain.time_of(round_number)
    return published_json(
        {
            "schema": MANIFEST_SCHEMA,
            **asdict(header),
            **asdict(entries),
            "terms_sha256": terms_sha256,
            "reward_cap": terms.reward_cap_points,
            "budget": terms.budget_points,
            "policy": terms.policy,
            "beacon": {**asdict(chain), "round": round_number, "round_time": round_time},
            "frozen_at": unix(frozen_at),
            "publish_by": round_time - min_gap_s,
            "min_gap_s": min_gap_s,
            "credit_on": credit_on(terms),
            "expires_on": terms.expires_on.isoformat(),
            "time_zone": terms.time_zone,
        }
    )


def winners_csv(drawn: Iterable[DrawnEntry]) -> bytes:
    """Return winners.csv: the rewards in the order of the draw, with their running sum."""
    rows, cumulative = [WINNERS_HEADER], 0
    for rank, entry in enumerate(drawn, 1):
        cumulative += entry.reward
        line = f"{rank},{entry.pid.hex()},{entry.reward},{entry.opening.hex()},{cumulative}\n"
        rows.append(line.encode())
    return b"".join(rows)


def result_json(
    *, manifest_sha256: str, drawn_by: Round, seed: bytes, cut: Cut, winners_sha256: str
) -> bytes:
    """Return result.json."""
    return published_json(
        {
            "schema": RESULT_SCHEMA,
            "manifest_sha256": manifest_sha256,
            **asdict(drawn_by),
            "seed": seed.hex(),
            "winners": cut.winners,
            "total_points": cut.total_points,
            "leftover_points": cut.leftover_points,
            "winners_sha256": winners_sha256,
        }
    )
