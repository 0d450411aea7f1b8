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


@dataclass
class Plan:
    """The inputs of a bundle; the defaults are small and consistent."""

    rewards: list[int] = field(default_factory=lambda: [6000, 5000, 20000, 7000, 12345, 9000, 5001])
    budget: int = 30_000
    cap: int = 20_000
    policy: str = "stop"
    beacon: dict[str, Any] = field(default_factory=local_beacon)
    number: int = 53_100_000  # of the round
    signed: tuple[str, str] | None = None  # signature and randomness, where not the local chain's
    gap: int = 86_400
    signing_key: Ed25519PrivateKey = SIGNING_KEY
    terms: dict[str, Any] = field(default_factory=dict)  # what is to be otherwise
    manifest: dict[str, Any] = field(default_factory=dict)
    result: dict[str, Any] = field(default_factory=dict)
    pid_key: bytes = b"K" * 32
    nonce_key: bytes = b"N" * 32

    @property
    def wester_ids(self) -> list[str]:
        return [f"M{number:08}" for number in range(1, len(self.rewards) + 1)]


@dataclass(frozen=True)
class Entry:
    """An entrant as the freeze knows them."""

    wester_id: str
    reward: int
    pid: bytes
    nonce: bytes

    @property
    def m(self) -> bytes:
        return sha(b"\x04" + self.nonce + self.wester_id.encode())

    @property
    def record(self) -> bytes:
        return self.pid + sha(b"\x03" + self.pid + self.reward.to_bytes(8, "big") + self.m)


def entries_of(plan: Plan) -> list[Entry]:
    """Return the frozen list, sorted by pid."""
    found = []
    for wester_id, reward in zip(plan.wester_ids, plan.rewards, strict=True):
        pid = hmac.digest(plan.pid_key, b"pid/v1\x00" + wester_id.encode(), "sha256")[:16]
        found.append(Entry(wester_id, reward, pid, hmac.digest(plan.nonce_key, pid, "sha256")))
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
            "campaign": "012025121203",
            "version": 2,
            "opens_at": 1733799600,
            "closes_at": 1736780400,
            "travel_first": "2024-12-26",
            "travel_last": "2025-01-06",
            "minimum_total": 5000,
            "reward_cap": plan.cap,
            "budget": plan.budget,
            "policy": plan.policy,
            "credit_on": "2025-02-15",
            "expires_on": "2026-03-31",
            "time_zone": "Asia/Tokyo",
            "operator": "JR West",
            "kinds_excluded": ["corporate", "smart_ex_overseas"],
            "kinds_registered": ["jq_card_express", "jr_central_express_card", "smart_ex"],
            "kinds_free": ["j_west_card_express"],
        }
        | plan.terms
    )


def manifest_of(plan: Plan, entries: list[Entry], terms: bytes, verifier: bytes) -> bytes:
    round_time = plan.beacon["genesis_time"] + (plan.number - 1) * plan.beacon["period"]
    records = [entry.record for entry in entries]
    return canonical(
        {
            "schema": "pointdraw/1",
            "campaign": "012025121203",
            "sequence": 1,
            "previous_manifest_sha256": None,
            "terms_sha256": sha(terms).hex(),
            "verifier_sha256": sha(verifier).hex(),
            "entry_count": len(entries),
            "entries_sha256": sha(b"".join(records)).hex(),
            "merkle_root": merkle_root(records).hex(),
            "reward_cap": plan.cap,
            "budget": plan.budget,
            "policy": plan.policy,
            "pid_key_sha256": sha(plan.pid_key).hex(),
            "beacon": {**plan.beacon, "round": plan.number, "round_time": round_time},
            "frozen_at": round_time - plan.gap - 60,
            "publish_by": round_time - plan.gap,
            "min_gap_s": plan.gap,
            "credit_on": "2025-02-15",
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
    return sha(b"pointdraw/seed/v1\x00" + sha(manifest) + drawn)


def ticket_of(seed: bytes, pid: bytes) -> bytes:
    return sha(b"\x02" + seed + pid)


def ordered(plan: Plan, seed: bytes) -> list[Entry]:
    return sorted(entries_of(plan), key=lambda entry: (ticket_of(seed, entry.pid), entry.pid))


def rows_of(entries: Iterable[Entry]) -> bytes:
    """Return winners.csv with these entries as its rows."""
    lines, cumulative = ["rank,pid,reward,m,cumulative"], 0
    for rank, entry in enumerate(entries, 1):
        cumulative += entry.reward
        lines.append(f"{rank},{entry.pid.hex()},{entry.reward},{entry.m.hex()},{cumulative}")
    return "".join(line + "\n" for line in lines).encode()


def cut_of(plan: Plan, order: list[Entry]) -> tuple[int, int, int]:
    """Return winners, total and left over points."""
    winners = 0
    while winners < len(order) and sum(e.reward for e in order[: winners + 1]) <= plan.budget:
        winners += 1
    total = sum(entry.reward for entry in order[:winners])
    if plan.policy == "partial" and winners < len(order):
        total = plan.budget
    return winners, total, plan.budget - total


def drawn_files(plan: Plan) -> Files:
    """Return the bundle as it is after the draw."""
    files = frozen_files(plan)
    seed = seed_of(plan, files["manifest.json"])
    order = ordered(plan, seed)
    winners = cut_of(plan, order)[0]
    return with_result(plan, files, rows_of(order[: winners + 1]))


def with_result(plan: Plan, files: Files, rows: bytes) -> Files:
    """Return a bundle with these rows and a result whose hashes are all right."""
    manifest = files["manifest.json"]
    seed = seed_of(plan, manifest)
    winners, total, left = cut_of(plan, ordered(plan, seed))
    signature, randomness = plan.signed or local_round(plan.number)
    value = {"round": plan.number, "signature": signature, "randomness": randomness}
    result = {
        "schema": "pointdraw/1/result",
        "manifest_sha256": sha(manifest).hex(),
        **value,
        "seed": seed.hex(),
        "winners": winners,
        "total_points": total,
        "leftover_points": left,
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
        "schema": "pointdraw/1/receipt",
        "manifest_sha256": sha(manifest).hex(),
        "wester_id": wester_id,
        "pid": entry.pid.hex(),
        "reward": entry.reward,
        "nonce": entry.nonce.hex(),
        "index": index,
        "path": [step.hex() for step in merkle_path([e.record for e in entries], index)],
        "ticket": None,
        "rank": None,
        "award": None,
    }
    return receipt | (place_of(plan, files, entry) if "result.json" in files else {})


def place_of(plan: Plan, files: Files, entry: Entry) -> dict[str, Any]:
    """Return the fields that a receipt has after the draw."""
    seed = seed_of(plan, files["manifest.json"])
    order = ordered(plan, seed)
    winners, _, _ = cut_of(plan, order)
    rank, ticket = order.index(entry) + 1, ticket_of(seed, entry.pid).hex()
    left = plan.budget - sum(one.reward for one in order[:winners])
    if rank <= winners:
        return {"ticket": ticket, "rank": rank, "award": entry.reward}
    if rank == winners + 1 and plan.policy == "partial" and left:
        return {"ticket": ticket, "rank": rank, "award": left}
    return {"ticket": ticket, "rank": None, "award": None}


def write(files: Files, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder
