"""Write the published files, byte for byte.

Manifest: the file that says what is fixed before the seed can be known.
Source: docs/specs/draw-protocol.md 2.6, 2.7, 3.5.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from core.canonical_json import canonical_json
from lottery import protocol
from lottery.beacon import MAX_EXACT_NUMBER, ChainInfo, Round
from lottery.protocol import NUMBERS, PID_BYTES
from lottery.selection import Line, Selection

MANIFEST_SCHEMA, RESULT_SCHEMA = "pointdraw/2", "pointdraw/2/result"
RECEIPT_SCHEMA = "pointdraw/2/receipt"
WINNERS_HEADER = b"prize,rank,pid,reward,award,lot,m,others,cumulative\n"
# Of the campaign's file: what is published as it is; what is an instant.
TERMS_KEYS = (
    *("schema", "code", "series", "entry_needed", "expires_on", "kept_until", "time_zone"),
    *("bookings", "minimum_total_yen", "lots", "budget_points", "edge"),
)
PRIZE_KEYS = ("code", "take", "minimum_total_yen", "beside", "reward")
TERMS_INSTANTS = ("public_at", "opens_at", "closes_at", "credit_at")
BOOKED_INSTANTS = ("from", "until")
BEYOND_ASCII = re.compile(rb"[^ -~]|%")
# Lists of the campaign's file whose order means nothing, besides those of payment_methods.
UNORDERED = re.compile(r"services|lines|when|.*_excluded|kinds_.*")
TERMS_IN_MANIFEST = ("budget_points", "edge", "prizes", "credit_at", "expires_on", "time_zone")


@dataclass(frozen=True)
class FrozenList:
    """The manifest's fields about the list of entrants; hashes in hex.

    ``eligible`` counts, for each prize, those who may win it.
    """

    entry_count: int
    lots_total: int
    eligible: Sequence[int]
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


@dataclass(frozen=True, slots=True)
class WinnerLine:
    """A line of winners.csv: an award, or the reward that did not fit.

    ``opening`` is m_i; ``others`` are the c_j of the other prizes in their order.
    """

    prize: int
    rank: int
    pid: bytes
    reward: int
    award: int
    lot: int
    opening: bytes
    others: Sequence[bytes]
    cumulative: int

    def encode(self) -> bytes:
        """Return the line with its line end."""
        others = ".".join([other.hex() for other in self.others])
        return (
            f"{self.prize},{self.rank},{self.pid.hex()},{self.reward},{self.award},{self.lot},"
            f"{self.opening.hex()},{others},{self.cumulative}\n"
        ).encode()


@dataclass(frozen=True)
class DrawnPlace:
    """The fields of a receipt after the draw; ``awards`` has 0 for a prize that was not won."""

    ticket: str
    lot: int
    rank: int
    awards: Sequence[int]


def published_json(content: Mapping[str, Any]) -> bytes:
    """Return canonical JSON in the protocol's subset, where all writers give the same bytes.

    Raises:
        TypeError: a value has a type outside the subset, or is true or false, which are written 1
            and 0.
        ValueError: a string is not printable ASCII, or a number has more than 53 bits.
    """
    refuse_beyond_subset(content)
    return canonical_json(content)


def read_json(content: bytes) -> dict[str, Any]:
    """Parse a published file of our own."""
    found: dict[str, Any] = json.loads(content)
    return found


def refuse_beyond_subset(value: object) -> None:
    """Refuse strings beyond printable ASCII, numbers beyond 53 bits and booleans, at any depth."""
    if isinstance(value, str) and not (value.isascii() and value.isprintable()):
        raise ValueError("A published string is printable ASCII.")
    if isinstance(value, bool):
        raise TypeError("A published file writes true and false as 1 and 0.")
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


def published_terms(file: Mapping[str, Any], *, version: int) -> dict[str, Any]:
    """Return the content of terms.json of a campaign's file in one version.

    ``file`` is the parsed JSON of the file that ``campaign show --json`` gives: instants as ISO
    8601 with offset, dates as strings, booleans. Names and texts are left out.
    Source: docs/specs/draw-protocol.md 2.6.
    """
    terms = {key: file[key] for key in TERMS_KEYS}
    terms["version"] = version
    terms |= {key: unix(datetime.fromisoformat(file[key])) for key in TERMS_INSTANTS}
    if booked := file["bookings"]["booked"]:
        instants = {key: unix(datetime.fromisoformat(booked[key])) for key in BOOKED_INSTANTS}
        terms["bookings"] = {**file["bookings"], "booked": instants}
    terms["prizes"] = [{key: prize[key] for key in PRIZE_KEYS} for prize in file["prizes"]]
    published: dict[str, Any] = published_value(terms)
    methods = published["bookings"]["payment_methods"]
    methods |= {service: sorted(allowed) for service, allowed in methods.items()}
    return published


def published_value(value: Any) -> Any:
    """Return a value as terms.json writes it: escaped, 1 and 0 for booleans, sorted lists."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        return escaped(value)
    if isinstance(value, Mapping):
        return {
            escaped(key): sorted(published_value(inner))
            if isinstance(inner, (list, tuple)) and UNORDERED.fullmatch(key)
            else published_value(inner)
            for key, inner in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [published_value(item) for item in value]
    return value


def escaped(text: str) -> str:
    """Return a text with ``%`` and each byte of UTF-8 beyond printable ASCII as ``%XX``."""
    return BEYOND_ASCII.sub(lambda byte: b"%%%02X" % ord(byte[0]), text.encode()).decode()


def manifest_json(
    *,
    header: ManifestHeader,
    terms: Mapping[str, Any],
    entries: FrozenList,
    chain: ChainInfo,
    round_number: int,
    frozen_at: datetime,
    min_gap_s: int,
) -> bytes:
    """Return manifest.json: everything that is fixed before the seed can be known.

    ``terms`` is what ``published_terms`` gives. Source: docs/specs/draw-protocol.md 2.7.
    """
    round_time = chain.time_of(round_number)
    return published_json(
        {
            "schema": MANIFEST_SCHEMA,
            **asdict(header),
            **asdict(entries),
            "terms_sha256": hashlib.sha256(published_json(terms)).hexdigest(),
            **{key: terms[key] for key in TERMS_IN_MANIFEST},
            "beacon": {**asdict(chain), "round": round_number, "round_time": round_time},
            "frozen_at": unix(frozen_at),
            "publish_by": round_time - min_gap_s,
            "min_gap_s": min_gap_s,
        }
    )


def winner_line(
    line: Line, *, pid: bytes, lot: int, rewards: Sequence[int], nonces: bytes, wester_id: bytes
) -> WinnerLine:
    """Return a line of the selection as winners.csv shows it: it opens one reward, no other.

    ``rewards`` and the joined ``nonces`` are those of the entrant, prize by prize.
    """
    keys = protocol.split_hashes(nonces)
    openings = [protocol.opening_of(nonce, wester_id) for nonce in keys]
    others = [
        protocol.reward_commitment(pid, prize, reward, opening)
        for prize, (reward, opening) in enumerate(zip(rewards, openings, strict=True), 1)
        if prize != line.prize
    ]
    return WinnerLine(
        prize=line.prize,
        rank=line.rank,
        pid=pid,
        reward=line.reward,
        award=line.award,
        lot=lot,
        opening=openings[line.prize - 1],
        others=others,
        cumulative=line.cumulative,
    )


def winners_csv(lines: Iterable[WinnerLine]) -> bytes:
    """Return winners.csv: the lines that the selection gives.

    Source: docs/specs/draw-protocol.md 3.5.
    """
    return WINNERS_HEADER + b"".join([line.encode() for line in lines])


def result_json(
    *, manifest_sha256: str, drawn_by: Round, seed: bytes, selection: Selection, winners_sha256: str
) -> bytes:
    """Return result.json.

    Source: docs/specs/draw-protocol.md 3.5.
    """
    return published_json(
        {
            "schema": RESULT_SCHEMA,
            "manifest_sha256": manifest_sha256,
            **asdict(drawn_by),
            "seed": seed.hex(),
            "winners": selection.winners,
            "total_points": selection.total_points,
            "leftover_points": selection.leftover_points,
            "winners_sha256": winners_sha256,
        }
    )


def receipt_json(
    *,
    manifest_sha256: str,
    wester_id: str,
    record: bytes,
    rewards: Sequence[int],
    nonces: Sequence[bytes],
    index: int,
    path: Sequence[bytes],
    drawn: DrawnPlace | None,
) -> bytes:
    """Return receipt.json of an entrant; ``drawn`` is None before the result is public.

    ``record`` is theirs of entries.bin. Source: docs/specs/draw-protocol.md 5.
    """
    lots, mask = NUMBERS.unpack_from(record, PID_BYTES)
    place = asdict(drawn) if drawn else dict.fromkeys(("ticket", "lot", "rank", "awards"))
    return published_json(
        {
            "schema": RECEIPT_SCHEMA,
            "manifest_sha256": manifest_sha256,
            "wester_id": wester_id,
            "pid": record[:PID_BYTES].hex(),
            "lots": lots,
            "mask": mask,
            "rewards": list(rewards),
            "nonces": [nonce.hex() for nonce in nonces],
            "index": index,
            "path": [node.hex() for node in path],
            **place,
        }
    )
