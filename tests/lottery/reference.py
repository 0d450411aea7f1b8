"""Bundles made from the text of the draw protocol alone: nothing of the program makes them.

Only the keys of the local chain are blst's; every other byte is computed here, the slow way.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyblst import BlstP1Element, BlstP2Element

Files = dict[str, bytes]

VERIFIER = Path(__file__).resolve().parents[2] / "lottery" / "verifier" / "verify_draw.py"
DST = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
G2 = bytes.fromhex(
    "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
    "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
)
QUICKNET = {
    "chain_hash": "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
    "public_key": "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c"
    "8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb"
    "5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
    "scheme": "bls-unchained-g1-rfc9380",
    "genesis_time": 1692803367,
    "period": 3,
    "group_hash": "f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e",
    "beacon_id": "quicknet",
}
SECRET, OTHER_SECRET = 20241210, 20250114  # of local chains
SIGNING_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_SIGNING_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def canonical(content: dict[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode("ascii")


def local_beacon(secret: int = SECRET) -> dict[str, Any]:
    """Return a chain of the public scheme with this secret key."""
    key = BlstP2Element.uncompress(G2).scalar_mul(secret).compress()
    group = sha(b"a group of one")
    genesis, period = 1577836800, 3
    hashed = (
        period.to_bytes(4, "big") + genesis.to_bytes(8, "big") + key + group + b"pointdraw-local"
    )
    return {
        "chain_hash": sha(hashed).hex(),
        "public_key": key.hex(),
        "scheme": "bls-unchained-g1-rfc9380",
        "genesis_time": genesis,
        "period": period,
        "group_hash": group.hex(),
        "beacon_id": "pointdraw-local",
    }


@cache
def local_round(number: int, secret: int = SECRET) -> tuple[str, str]:
    """Return a local chain's signature of a round, and the randomness."""
    point = BlstP1Element.hash_to_group(sha(number.to_bytes(8, "big")), DST)
    signature = point.scalar_mul(secret).compress()
    return signature.hex(), sha(signature).hex()


ALL = {"all": 1}
ONE_EACH: dict[str, Any] = {"yen": None, "most": 1, "times": []}
HUNDRED = 100  # percent

BOOKINGS: dict[str, Any] = {
    "touches": [
        {
            "services": ["e5489", "ex_yoyaku"],
            "operator": "JR West",
            "lines": ["%E5%B1%B1%E9%99%BD%E6%96%B0%E5%B9%B9%E7%B7%9A"],
        }
    ],
    "travel": [{"first": "2024-12-26", "last": "2025-01-06"}],
    "booked": None,
    "products_excluded": ["fare_only", "rail_points"],
    "channels_excluded": ["agency", "counter"],
    "payment_methods": {"e5489": ["registered_card"]},
    "kinds_excluded": ["corporate", "smart_ex_overseas"],
    "kinds_registered": ["jq_card_express", "jr_central_express_card", "smart_ex"],
    "kinds_free": ["j_west_card_express"],
    "phone_changes_excluded": 1,
    "stopovers_excluded": 1,
}


@dataclass(frozen=True)
class Member:
    """Who entered: the total in yen, and the facts of their bookings."""

    total: int
    facts: frozenset[str] = frozenset()


def prize(
    take: dict[str, int],
    reward: dict[str, Any],
    *,
    minimum: int | None = None,
    beside: int = 0,
    code: str = "",
) -> dict[str, Any]:
    """Return a prize as terms.json writes it; without a code it gets one by its place."""
    return {
        "code": code,
        "take": take,
        "minimum_total_yen": minimum,
        "beside": beside,
        "reward": reward,
    }


def spent(percent: int = 100, cap: int = 20_000, **cap_if: int) -> dict[str, Any]:
    """Return a share of what was spent; ``cap_if`` has the cap of each fact, in their order."""
    items = [{"when": [fact], "cap": other} for fact, other in cap_if.items()]
    return {"kind": "spent", "percent": percent, "cap": cap, "cap_if": items}


def fixed(points: int) -> dict[str, Any]:
    return {"kind": "fixed", "points": points}


def pool(points: int, cap: int | None = None) -> dict[str, Any]:
    return {"kind": "pool", "points": points, "cap": cap}


def winners(count: int) -> dict[str, int]:
    return {"winners": count}


def one_in(count: int) -> dict[str, int]:
    return {"one_in": count}


def members(*totals: int) -> list[Member]:
    """Return members with these totals and no facts."""
    return [Member(total) for total in totals]


@dataclass
class Plan:
    """The inputs of a bundle; the defaults are small and consistent."""

    members: list[Member] = field(
        default_factory=lambda: members(6000, 5000, 20000, 7000, 12345, 9000, 5001)
    )
    prizes: list[dict[str, Any]] = field(default_factory=lambda: [prize(ALL, spent())])
    lots: dict[str, Any] = field(default_factory=lambda: ONE_EACH)
    minimum: int = 5000
    budget: int = 30_000
    edge: str = "stop"
    beacon: dict[str, Any] = field(default_factory=local_beacon)
    number: int = 53_100_000  # of the round
    signed: tuple[str, str] | None = None  # signature and randomness, where not the local chain's
    gap: int = 86_400
    signing_key: Ed25519PrivateKey = SIGNING_KEY
    terms: dict[str, Any] = field(default_factory=dict)  # what is to be otherwise
    manifest: dict[str, Any] = field(default_factory=dict)
    result: dict[str, Any] = field(default_factory=dict)
    forged: dict[str, dict[str, Any]] = field(default_factory=dict)  # fields of an Entry, by member
    pid_key: bytes = b"K" * 32
    nonce_key: bytes = b"N" * 32

    def __post_init__(self) -> None:
        self.prizes = [
            one | {"code": one["code"] or f"p{number}"} for number, one in enumerate(self.prizes, 1)
        ]

    @property
    def wester_ids(self) -> list[str]:
        return [f"M{number:08}" for number in range(1, len(self.members) + 1)]

    def minimum_of(self, one: dict[str, Any]) -> int:
        return one["minimum_total_yen"] or self.minimum

    def lots_of(self, member: Member) -> int:
        """Return a member's lots by the rule of the terms."""
        rule = self.lots
        lots = min(max(member.total // rule["yen"], 1), rule["most"]) if rule["yen"] else 1
        times = [item["times"] for item in rule["times"] if member.facts.issuperset(item["when"])]
        return lots * (times[0] if times else 1)

    def reward_of(self, member: Member, one: dict[str, Any]) -> int:
        """Return what a member could win in a prize, by the rules of the terms."""
        reward, caps = one["reward"], []
        if member.total < self.minimum_of(one):
            return 0
        if reward["kind"] == "fixed":
            return int(reward["points"])
        if reward["kind"] == "pool":
            share = reward["points"] // sum(map(self.lots_of, self.members))
            points = self.lots_of(member) * share
            return int(min(points, reward["cap"]) if reward["cap"] else points)
        caps = [item["cap"] for item in reward["cap_if"] if member.facts.issuperset(item["when"])]
        return int(min(member.total * reward["percent"] // HUNDRED, [*caps, reward["cap"]][0]))


@dataclass(frozen=True)
class Entry:
    """An entrant as the freeze knows them."""

    wester_id: str
    pid: bytes
    lots: int
    mask: int
    rewards: tuple[int, ...]
    nonces: tuple[bytes, ...]

    @property
    def openings(self) -> list[bytes]:
        """m_1 to m_n."""
        return [sha(b"\x04" + nonce + self.wester_id.encode()) for nonce in self.nonces]

    @property
    def parts(self) -> list[bytes]:
        """c_1 to c_n."""
        return [
            sha(b"\x05" + self.pid + uint16(number) + reward.to_bytes(8, "big") + opening)
            for number, (reward, opening) in enumerate(
                zip(self.rewards, self.openings, strict=True), 1
            )
        ]

    @property
    def record(self) -> bytes:
        head = self.pid + uint16(self.lots) + uint16(self.mask)
        return head + sha(b"\x03" + head + b"".join(self.parts))

    def may_win(self, number: int) -> bool:
        return bool(self.mask >> (number - 1) & 1)


def uint16(number: int) -> bytes:
    return number.to_bytes(2, "big")


def entries_of(plan: Plan) -> list[Entry]:
    """Return the frozen list, sorted by pid."""
    found = []
    for wester_id, member in zip(plan.wester_ids, plan.members, strict=True):
        pid = hmac.digest(plan.pid_key, b"pid/v1\x00" + wester_id.encode(), "sha256")[:16]
        rewards = tuple(plan.reward_of(member, one) for one in plan.prizes)
        fields: dict[str, Any] = {
            "wester_id": wester_id,
            "pid": pid,
            "lots": plan.lots_of(member),
            "mask": sum(1 << place for place, reward in enumerate(rewards) if reward),
            "rewards": rewards,
            "nonces": tuple(
                hmac.digest(plan.nonce_key, pid + uint16(number), "sha256")
                for number in range(1, len(plan.prizes) + 1)
            ),
        }
        found.append(Entry(**fields | plan.forged.get(wester_id, {})))
    return sorted(found, key=lambda entry: entry.pid)


def merkle_root(records: list[bytes]) -> bytes:
    """Return the tree's root by its recursive definition (RFC 9162, 2.1.1)."""
    if not records:
        return sha(b"")
    if len(records) == 1:
        return sha(b"\x00" + records[0])
    split = 1 << (len(records) - 1).bit_length() - 1
    return sha(b"\x01" + merkle_root(records[:split]) + merkle_root(records[split:]))


def merkle_path(records: list[bytes], index: int) -> list[bytes]:
    """Return the inclusion proof by its recursive definition (RFC 9162, 2.1.3.1)."""
    if len(records) < 2:
        return []
    split = 1 << (len(records) - 1).bit_length() - 1
    if index < split:
        return [*merkle_path(records[:split], index), merkle_root(records[split:])]
    return [*merkle_path(records[split:], index - split), merkle_root(records[:split])]


def terms_of(plan: Plan) -> bytes:
    return canonical(
        {
            "schema": "campaign/2",
            "code": "012025121203",
            "version": 2,
            "series": None,
            "public_at": 1733799600,
            "opens_at": 1733799600,
            "closes_at": 1736780400,
            "entry_needed": 1,
            "credit_at": 1739581200,
            "expires_on": "2026-03-31",
            "kept_until": "2027-03-31",
            "time_zone": "Asia/Tokyo",
            "bookings": BOOKINGS,
            "minimum_total_yen": plan.minimum,
            "lots": plan.lots,
            "budget_points": plan.budget,
            "edge": plan.edge,
            "prizes": plan.prizes,
        }
        | plan.terms
    )


def manifest_of(plan: Plan, entries: list[Entry], terms: bytes, verifier: bytes) -> bytes:
    round_time = plan.beacon["genesis_time"] + (plan.number - 1) * plan.beacon["period"]
    records = [entry.record for entry in entries]
    numbers = range(1, len(plan.prizes) + 1)
    return canonical(
        {
            "schema": "pointdraw/2",
            "campaign": "012025121203",
            "sequence": 1,
            "previous_manifest_sha256": None,
            "terms_sha256": sha(terms).hex(),
            "verifier_sha256": sha(verifier).hex(),
            "entry_count": len(entries),
            "lots_total": sum(entry.lots for entry in entries),
            "eligible": [sum(entry.may_win(number) for entry in entries) for number in numbers],
            "entries_sha256": sha(b"".join(records)).hex(),
            "merkle_root": merkle_root(records).hex(),
            "budget_points": plan.budget,
            "edge": plan.edge,
            "prizes": plan.prizes,
            "pid_key_sha256": sha(plan.pid_key).hex(),
            "beacon": {**plan.beacon, "round": plan.number, "round_time": round_time},
            "frozen_at": round_time - plan.gap - 60,
            "publish_by": round_time - plan.gap,
            "min_gap_s": plan.gap,
            "credit_at": 1739581200,
            "expires_on": "2026-03-31",
            "time_zone": "Asia/Tokyo",
            "signing_key": plan.signing_key.public_key().public_bytes_raw().hex(),
        }
        | plan.manifest
    )


def signed(manifest: bytes, key: Ed25519PrivateKey) -> bytes:
    return key.sign(sha(manifest)).hex().encode()


def frozen_files(plan: Plan) -> Files:
    """Return the bundle as it is before the round."""
    entries, terms, verifier = entries_of(plan), terms_of(plan), VERIFIER.read_bytes()
    manifest = manifest_of(plan, entries, terms, verifier)
    return {
        "terms.json": terms,
        "manifest.json": manifest,
        "manifest.sig": signed(manifest, plan.signing_key),
        "entries.bin": b"".join(entry.record for entry in entries),
        "verify_draw.py": verifier,
    }


def seed_of(plan: Plan, manifest: bytes) -> bytes:
    randomness = bytes.fromhex((plan.signed or local_round(plan.number))[1])
    drawn = plan.number.to_bytes(8, "big") + randomness
    return sha(b"pointdraw/seed/v2\x00" + sha(manifest) + drawn)


def ticket_of(seed: bytes, pid: bytes, lots: int = 1) -> tuple[bytes, int]:
    """Return the least ticket of an entrant's lots and the number of that lot."""
    return min((sha(b"\x02" + seed + pid + uint16(lot)), lot) for lot in range(1, lots + 1))


def ordered(plan: Plan, seed: bytes) -> list[Entry]:
    return sorted(
        entries_of(plan), key=lambda entry: (ticket_of(seed, entry.pid, entry.lots)[0], entry.pid)
    )


@dataclass(frozen=True)
class Line:
    """A line of winners.csv."""

    prize: int
    rank: int
    entry: Entry
    award: int
    lot: int
    cumulative: int

    @property
    def reward(self) -> int:
        return self.entry.rewards[self.prize - 1]

    def cells(self) -> list[str]:
        others = [part.hex() for part in self.entry.parts]
        del others[self.prize - 1]
        return [
            str(self.prize),
            str(self.rank),
            self.entry.pid.hex(),
            str(self.reward),
            str(self.award),
            str(self.lot),
            self.entry.openings[self.prize - 1].hex(),
            ".".join(others),
            str(self.cumulative),
        ]


def selection_of(plan: Plan, seed: bytes) -> list[Line]:
    """Return the lines of winners.csv, by walking once for each prize as the protocol says it."""
    order, lines = ordered(plan, seed), list[Line]()
    total, awarded = 0, set[bytes]()
    for number, one in enumerate(plan.prizes, 1):
        given = 0
        eligible = sum(entry.may_win(number) for entry in order)
        for rank, entry in enumerate(order, 1):
            if given == limit_of(one["take"], eligible):
                break
            if not entry.may_win(number) or (entry.pid in awarded and not one["beside"]):
                continue
            lot, reward = ticket_of(seed, entry.pid, entry.lots)[1], entry.rewards[number - 1]
            if total + reward > plan.budget:
                award = plan.budget - total if plan.edge == "partial" else 0
                return [*lines, Line(number, rank, entry, award, lot, total + award)]
            total, given = total + reward, given + 1
            awarded.add(entry.pid)
            lines.append(Line(number, rank, entry, reward, lot, total))
    return lines


def limit_of(take: dict[str, int], eligible: int) -> int:
    """Return how many win a prize at most."""
    if "one_in" in take:
        return (eligible + take["one_in"] - 1) // take["one_in"]
    return take.get("winners", eligible)


def csv_of(lines: Iterable[Line]) -> bytes:
    """Return winners.csv with these lines."""
    rows = ["prize,rank,pid,reward,award,lot,m,others,cumulative"]
    rows += [",".join(line.cells()) for line in lines]
    return "".join(row + "\n" for row in rows).encode()


def sums_of(plan: Plan, lines: list[Line]) -> dict[str, Any]:
    """Return the winners of each prize, the total, and what is left over."""
    full = [line.prize for line in lines if line.award == line.reward]
    total = lines[-1].cumulative if lines else 0
    return {
        "winners": [full.count(number) for number in range(1, len(plan.prizes) + 1)],
        "total_points": total,
        "leftover_points": plan.budget - total,
    }


def drawn_files(plan: Plan) -> Files:
    """Return the bundle as it is after the draw."""
    files = frozen_files(plan)
    return with_result(
        plan, files, csv_of(selection_of(plan, seed_of(plan, files["manifest.json"])))
    )


def with_result(plan: Plan, files: Files, rows: bytes) -> Files:
    """Return a bundle with these rows and a result whose hashes are all right."""
    manifest = files["manifest.json"]
    seed = seed_of(plan, manifest)
    signature, randomness = plan.signed or local_round(plan.number)
    value = {"round": plan.number, "signature": signature, "randomness": randomness}
    result = {
        "schema": "pointdraw/2/result",
        "manifest_sha256": sha(manifest).hex(),
        **value,
        "seed": seed.hex(),
        **sums_of(plan, selection_of(plan, seed)),
        "winners_sha256": sha(rows).hex(),
    }
    return files | {
        "round.json": canonical(value),
        "result.json": canonical(result | plan.result),
        "winners.csv": rows,
    }


def receipt_of(plan: Plan, files: Files, wester_id: str) -> dict[str, Any]:
    """Return the receipt of a member: after the draw where the bundle has a result."""
    entries, manifest = entries_of(plan), files["manifest.json"]
    index = next(i for i, entry in enumerate(entries) if entry.wester_id == wester_id)
    entry = entries[index]
    receipt: dict[str, Any] = {
        "schema": "pointdraw/2/receipt",
        "manifest_sha256": sha(manifest).hex(),
        "wester_id": wester_id,
        "pid": entry.pid.hex(),
        "lots": entry.lots,
        "mask": entry.mask,
        "rewards": list(entry.rewards),
        "nonces": [nonce.hex() for nonce in entry.nonces],
        "index": index,
        "path": [step.hex() for step in merkle_path([e.record for e in entries], index)],
        "ticket": None,
        "lot": None,
        "rank": None,
        "awards": None,
    }
    return receipt | (place_of(plan, files, entry) if "result.json" in files else {})


def place_of(plan: Plan, files: Files, entry: Entry) -> dict[str, Any]:
    """Return the fields that a receipt has after the draw."""
    seed = seed_of(plan, files["manifest.json"])
    ticket, lot = ticket_of(seed, entry.pid, entry.lots)
    awards = [0] * len(plan.prizes)
    for line in selection_of(plan, seed):
        if line.entry.pid == entry.pid:
            awards[line.prize - 1] = line.award
    rank = ordered(plan, seed).index(entry) + 1
    return {"ticket": ticket.hex(), "lot": lot, "rank": rank, "awards": awards}


def write(files: Files, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder
