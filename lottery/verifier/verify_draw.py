#!/usr/bin/env python3
"""Verify a draw from its published files alone. Protocol: pointdraw/1.

    pip install --upgrade py-ecc cryptography
    python verify_draw.py BUNDLE [--manifest-sha256 HEX] [--signing-key HEX]
                                 [--receipt FILE] [--before-draw]

It needs no network, and nothing of the program that made the draw. Eleven steps run in order; the
first that fails ends it with exit status 1 (0: all passed, 2: wrong usage).

What passes: the list of entrants was fixed before the round that ordered it was known, the round
is the beacon's own, the order follows from both alone, and the budget was cut where the terms say.
What no file can show is WHEN the list was published. So compare the manifest hash, printed first,
with one that you saw before the round: give it as --manifest-sha256.

Below, ``||`` joins bytes, H is SHA-256, hex is lower case, and numbers inside hashes are
64 bits, the most significant first.
"""

import argparse
import json
import os
import re
import stat
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from operator import lt
from pathlib import Path
from typing import Any

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from py_ecc.bls.g2_primitives import subgroup_check
    from py_ecc.bls.hash_to_curve import hash_to_G1
    from py_ecc.bls.point_compression import compress_G1, compress_G2, decompress_G1, decompress_G2
    from py_ecc.bls.typing import G1Compressed, G2Compressed
    from py_ecc.optimized_bls12_381 import FQ12, G2, final_exponentiate, is_inf, neg, pairing
except ImportError as missing:
    print(
        f"This program needs py-ecc 8 or newer, and cryptography ({missing.msg}). Install them: "
        "pip install --upgrade py-ecc cryptography",
        file=sys.stderr,
    )
    sys.exit(2)

BEFORE_DRAW = ("terms.json", "manifest.json", "manifest.sig", "entries.bin", "verify_draw.py")
AFTER_DRAW = ("round.json", "result.json", "winners.csv")
# File managers write these into a folder that they open, copy or unpack.
OF_DESKTOPS = re.compile(
    r"\.DS_Store|\._.*|\.localized|Icon\r|__MACOSX|desktop\.ini|(eh)?Thumbs\.db|\.directory",
    re.IGNORECASE | re.DOTALL,
)
HEADER = "rank,pid,reward,m,cumulative"
PID, RECORD = 16, 48  # bytes of a pseudonym, and of a record of entries.bin: pid || commitment
LARGEST_FILE = 1 << 20  # bytes; of a JSON file, and of this program
MOST_BRACKETS = 100  # opening ones in a JSON file; the protocol needs four
LARGEST_ROW = 160  # bytes of winners.csv
MOST_ENTRIES = 10_000_000
DAY = 86_400
AT_ONCE = 1 << 17  # records between two lines of progress

# The public beacon, drand's quicknet, pinned. The program warns of any other chain.
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
SIGNATURE_DST = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"

Fits = Callable[[Any], bool]


class Failed(Exception):
    """A step failed; the text says why, in one sentence."""


@dataclass
class Draw:
    """The draw to verify, with the results of the steps so far."""

    folder: Path
    expected_hash: str | None = None  # what the user knows beforehand
    expected_key: str | None = None
    receipt_file: Path | None = None
    before_draw: bool = False
    manifest_hash: bytes = b""
    manifest: dict[str, Any] = field(default_factory=dict)
    entries: bytes = b""
    pids: list[bytes] = field(default_factory=list)
    round: dict[str, Any] = field(default_factory=dict)
    result: dict[str, Any] = field(default_factory=dict)
    seed: bytes = b""
    order: list[bytes] = field(default_factory=list)  # ticket || pid of every entry, sorted
    rows: list[str] = field(default_factory=list)  # of winners.csv, without header and line ends
    awards: list[int] = field(default_factory=list)  # by rank

    @property
    def is_drawn(self) -> bool:
        """Whether there is a result to verify; without one, only --before-draw can pass."""
        paths = [self.folder / name for name in AFTER_DRAW]
        return not self.before_draw or any(path.exists() or path.is_symlink() for path in paths)


# ---------------------------------------------------------------------- files and their form


def read_file(path: Path, largest: int = LARGEST_FILE) -> bytes:
    """Return a file's bytes; it must be a regular file of a sensible size."""
    try:
        about = path.lstat()
        if not stat.S_ISREG(about.st_mode):
            raise Failed(f"{path.name} is not a regular file")
        if about.st_size > largest:
            raise Failed(f"{path.name} has more than {largest} bytes")
        return path.read_bytes()
    except OSError as error:
        raise Failed(f"{path.name} cannot be read ({error.strerror})") from error


def read_json(content: bytes, name: str, form: dict[str, Fits]) -> dict[str, Any]:
    """Return a JSON object that is written canonically and has exactly these keys."""
    value = parse_json(content, name)
    check_subset(value, name)
    if json.dumps(value, sort_keys=True, separators=(",", ":")).encode() != content:
        raise Failed(f"{name} is not in its canonical form")
    check_form(value, name, form)
    return value


def parse_json(content: bytes, name: str) -> dict[str, Any]:
    """Return a JSON object, canonical or not.

    Brackets are counted first: py-ecc raises Python's recursion limit, so that deep nesting would
    end the process and not the step.
    """
    if content.count(b"[") + content.count(b"{") > MOST_BRACKETS:
        raise Failed(f"{name} is nested too deeply")
    try:
        value = json.loads(content.decode("latin-1"))
    except ValueError as error:
        raise Failed(f"{name} is not JSON") from error
    if not isinstance(value, dict):
        raise Failed(f"{name} is not a JSON object")
    return value


def check_subset(value: Any, name: str) -> None:
    """Refuse fractions, numbers of 2^53 and more, and strings beyond printable ASCII."""
    if isinstance(value, float) or (isinstance(value, int) and abs(value) >= 2**53):
        raise Failed(f"{name} has a number that the protocol does not allow")
    if isinstance(value, str) and not re.fullmatch(r"[\x20-\x7e]*", value):
        raise Failed(f"{name} has a text that the protocol does not allow")
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        for item in value:
            check_subset(item, name)


def check_form(value: dict[str, Any], name: str, form: dict[str, Fits]) -> None:
    """Refuse other keys, and values of another form."""
    if value.keys() != form.keys():
        wrong = ", ".join(sorted(value.keys() ^ form.keys()))
        raise Failed(f"{name} has keys missing or too many: {wrong[:200]}")
    for key, fits in form.items():
        if not fits(value[key]):
            raise Failed(f"{name} has a {key} of another form")


def is_text(value: Any) -> bool:
    """Whether this is a text, and not an empty one."""
    return isinstance(value, str) and value != ""


def is_hex(size: int) -> Fits:
    """Whether a value stands for so many bytes, in lower-case hex."""
    return lambda value: isinstance(value, str) and is_hex_of(value, size)


def is_hex_of(text: str, size: int) -> bool:
    """Whether a text stands for so many bytes, in lower-case hex."""
    return len(text) == 2 * size and re.fullmatch(r"[0-9a-f]*", text) is not None


def is_number(least: int) -> Fits:
    """Whether a value is a whole number of at least this; true and false are none."""
    return lambda value: type(value) is int and value >= least


def is_day(value: Any) -> bool:
    """Whether this is a day of the calendar, as YYYY-MM-DD."""
    if not (isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value)):
        return False
    try:
        return bool(date.fromisoformat(value))
    except ValueError:
        return False


def is_sorted_list(value: Any) -> bool:
    """Whether this is a sorted list of texts."""
    return (
        isinstance(value, list)
        and all(isinstance(item, str) for item in value)
        and value == sorted(value)
    )


def is_policy(value: Any) -> bool:
    """Whether this is a rule for the entry that does not fit the budget."""
    return value in ("stop", "partial")


def is_none_or(fits: Fits) -> Fits:
    """Whether a value is null, or else fits."""
    return lambda value: value is None or fits(value)


BEACON_FORM: dict[str, Fits] = {
    "chain_hash": is_hex(32),
    "public_key": is_hex(96),
    "scheme": is_text,
    "genesis_time": is_number(0),
    "period": lambda value: is_number(1)(value) and value < 2**32,
    "group_hash": is_hex(32),
    "beacon_id": is_text,
    "round": is_number(1),
    "round_time": is_number(0),
}
MANIFEST_FORM: dict[str, Fits] = {
    "schema": lambda value: value == "pointdraw/1",
    "campaign": is_text,
    "sequence": is_number(1),
    "previous_manifest_sha256": is_none_or(is_hex(32)),
    "terms_sha256": is_hex(32),
    "verifier_sha256": is_hex(32),
    "entry_count": is_number(0),
    "entries_sha256": is_hex(32),
    "merkle_root": is_hex(32),
    "reward_cap": is_number(1),
    "budget": is_number(0),
    "policy": is_policy,
    "pid_key_sha256": is_hex(32),
    "beacon": lambda value: isinstance(value, dict),
    "frozen_at": is_number(0),
    "publish_by": is_number(0),
    "min_gap_s": is_number(0),
    "credit_on": is_day,
    "expires_on": is_day,
    "time_zone": is_text,
    "signing_key": is_hex(32),
}
TERMS_FORM: dict[str, Fits] = {
    "campaign": is_text,
    "version": is_number(1),
    "opens_at": is_number(0),
    "closes_at": is_number(0),
    "travel_first": is_day,
    "travel_last": is_day,
    "minimum_total": is_number(0),
    "reward_cap": is_number(1),
    "budget": is_number(0),
    "policy": is_policy,
    "credit_on": is_day,
    "expires_on": is_day,
    "time_zone": is_text,
    "operator": is_text,
    "kinds_excluded": is_sorted_list,
    "kinds_registered": is_sorted_list,
    "kinds_free": is_sorted_list,
}
ROUND_FORM: dict[str, Fits] = {
    "round": is_number(1),
    "signature": is_text,
    "randomness": is_hex(32),
}
RESULT_FORM: dict[str, Fits] = {
    "schema": lambda value: value == "pointdraw/1/result",
    "manifest_sha256": is_hex(32),
    **ROUND_FORM,
    "seed": is_hex(32),
    "winners": is_number(0),
    "total_points": is_number(0),
    "leftover_points": is_number(0),
    "winners_sha256": is_hex(32),
}
RECEIPT_FORM: dict[str, Fits] = {
    "schema": lambda value: value == "pointdraw/1/receipt",
    "manifest_sha256": is_hex(32),
    "wester_id": is_text,
    "pid": is_hex(PID),
    "reward": is_number(1),
    "nonce": is_hex(32),
    "index": is_number(0),
    "path": lambda value: isinstance(value, list) and all(is_hex(32)(item) for item in value),
    "ticket": is_none_or(is_hex(32)),
    "rank": is_none_or(is_number(1)),
    "award": is_none_or(is_number(1)),
}


# ---------------------------------------------------------------------- the formulas


def uint64(number: int) -> bytes:
    """Return the eight bytes of a number."""
    return number.to_bytes(8, "big")


def commitment(pid: bytes, reward: int, m: bytes) -> bytes:
    """Return c = H(0x03 || pid || reward || m), where m hides who the entrant is."""
    return sha256(b"\x03" + pid + uint64(reward) + m).digest()


def leaf(record: bytes) -> bytes:
    """Return the leaf of a record in the Merkle tree (RFC 9162, 2.1)."""
    return sha256(b"\x00" + record).digest()


def node(left: bytes, right: bytes) -> bytes:
    """Return the node above two others in the Merkle tree (RFC 9162, 2.1)."""
    return sha256(b"\x01" + left + right).digest()


def tree_root(level: list[bytes]) -> bytes:
    """Return the root over leaves; an odd node is carried up as it is. No leaves: H of nothing."""
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        level = [node(left, right) for left, right in pairs(level)] + odd
    return level[0] if level else sha256().digest()


def pairs(level: list[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Return the first and second, the third and fourth, ...; an odd last one is left out."""
    return zip(level[::2], level[1::2], strict=False)


def root_by_path(at: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    """Return the root that a path leads to from a leaf; None where it is too short or too long."""
    last = size - 1
    for sibling in path:
        if last == 0:
            return None
        if index % 2 or index == last:
            at = node(sibling, at)
            while index % 2 == 0 and index:  # levels at which this node was odd, and carried up
                index, last = index // 2, last // 2
        else:
            at = node(at, sibling)
        index, last = index // 2, last // 2
    return at if last == 0 else None


def chain_hash(beacon: dict[str, Any]) -> str:
    """Return the hash that drand names a chain by: it follows from its other values."""
    name = "" if beacon["beacon_id"] == "default" else beacon["beacon_id"]
    return sha256(
        beacon["period"].to_bytes(4, "big")
        + uint64(beacon["genesis_time"])
        + bytes.fromhex(beacon["public_key"] + beacon["group_hash"])
        + name.encode("ascii")
    ).hexdigest()


# ---------------------------------------------------------------------- the beacon's signature


def signature_point(signature: bytes) -> Any:
    """Return the point of a signature: canonical bytes, not infinity, in the right subgroup.

    Without the subgroup check a changed signature passes the pairing with another hash: the
    organiser could choose among many seeds.
    """
    try:
        point = decompress_G1(G1Compressed(int.from_bytes(signature, "big")))
    except ValueError as error:
        raise Failed("the signature is not a canonical point of the curve") from error
    if is_inf(point):
        raise Failed("the signature is the point at infinity")
    if compress_G1(point).to_bytes(48, "big") != signature:
        raise Failed("the signature is not a canonical point of the curve")
    if not subgroup_check(point):
        raise Failed("the signature is a point outside the right subgroup")
    return point


def public_key_point(key: bytes) -> Any:
    """Return the point of a chain's public key, checked as a signature is."""
    halves = int.from_bytes(key[:48], "big"), int.from_bytes(key[48:], "big")
    try:
        point = decompress_G2(G2Compressed(halves))
    except ValueError as error:
        raise Failed("the beacon's public key is not a canonical point of the curve") from error
    if is_inf(point) or compress_G2(point) != halves or not subgroup_check(point):
        raise Failed("the beacon's public key is not a point of the right subgroup")
    return point


def signature_holds(public_key: bytes, number: int, signature: bytes) -> bool:
    """Whether e(signature, G2) = e(point of the message, public key); the message is the round.

    Both sides are combined into one product that must be 1.
    """
    hashed = sha256(uint64(number)).digest()
    message = hash_to_G1(hashed, SIGNATURE_DST, sha256)  # type: ignore[arg-type]  # it takes the maker
    ours = pairing(G2, signature_point(signature), final_exponentiate=False)
    theirs = pairing(public_key_point(public_key), neg(message), final_exponentiate=False)
    return bool(final_exponentiate(ours * theirs) == FQ12.one())


# ---------------------------------------------------------------------- the steps


def check_manifest(draw: Draw) -> str:
    """(1) The manifest is canonical, of the protocol's keys, signed, and the one you know."""
    content = read_file(draw.folder / "manifest.json")
    manifest = read_json(content, "manifest.json", MANIFEST_FORM)
    check_form(manifest["beacon"], "the beacon of manifest.json", BEACON_FORM)
    if (manifest["sequence"] == 1) != (manifest["previous_manifest_sha256"] is None):
        raise Failed("the first draw has no previous manifest, and every later one has")
    draw.manifest, draw.manifest_hash = manifest, sha256(content).digest()
    signature = read_file(draw.folder / "manifest.sig").decode("latin-1")
    if not is_hex_of(signature, 64):
        raise Failed("manifest.sig is not 128 characters of lower-case hex")
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(manifest["signing_key"]))
    try:
        key.verify(bytes.fromhex(signature), draw.manifest_hash)
    except InvalidSignature as error:
        raise Failed("manifest.sig is not the signing key's signature of the manifest") from error
    if draw.expected_hash not in (None, draw.manifest_hash.hex()):
        raise Failed("the manifest is not the one of --manifest-sha256")
    if draw.expected_key not in (None, manifest["signing_key"]):
        raise Failed("the signing key is not the one of --signing-key")
    known = {"manifest hash": draw.expected_hash, "signing key": draw.expected_key}
    unknown = " and ".join(name for name, value in known.items() if value is None)
    return f"signed; {unknown} NOT compared, for none was given" if unknown else "signed, as known"


def check_times(draw: Draw) -> str:
    """(2) The list was frozen before the last moment to publish it, which is before the round."""
    manifest = draw.manifest
    round_time, gap = manifest["beacon"]["round_time"], manifest["min_gap_s"]
    if manifest["publish_by"] != round_time - gap:
        raise Failed("publish_by is not round_time less min_gap_s")
    if manifest["frozen_at"] > manifest["publish_by"]:
        raise Failed("the list was frozen after publish_by")
    return f"to be published {gap} s before the round" + (
        ", LESS than a day: a demonstration" if gap < DAY else ""
    )


def check_terms(draw: Draw) -> str:
    """(3) The terms and this program are those of the manifest, and there is no other file.

    Files that file managers write are listed and ignored: no step reads them.
    """
    content = read_file(draw.folder / "terms.json")
    terms = read_json(content, "terms.json", TERMS_FORM)
    if sha256(content).hexdigest() != draw.manifest["terms_sha256"]:
        raise Failed("terms.json is not what terms_sha256 names")
    for key in sorted(terms.keys() & draw.manifest.keys()):
        if terms[key] != draw.manifest[key]:
            raise Failed(f"terms.json and manifest.json have another {key}")
    program = read_file(draw.folder / "verify_draw.py")
    if sha256(program).hexdigest() != draw.manifest["verifier_sha256"]:
        raise Failed("verify_draw.py is not what verifier_sha256 names")
    try:
        besides = {path.name for path in draw.folder.iterdir()} - {*BEFORE_DRAW, *AFTER_DRAW}
    except OSError as error:
        raise Failed(f"the folder cannot be listed ({error.strerror})") from error
    passed_over = {name for name in besides if OF_DESKTOPS.fullmatch(name)}
    if stray := besides - passed_over:
        raise Failed(
            f"a file is there that is none of a bundle: {min(stray)[:100]}; take it out of the "
            "folder and verify again"
        )
    early = draw.manifest["frozen_at"] < terms["closes_at"]
    return (
        f"version {terms['version']}, {terms['budget']} points, policy {terms['policy']}"
        + (", frozen BEFORE the entry period ended" if early else "")
        + (
            f"; passed over what desktops put there: {', '.join(sorted(passed_over))[:200]}"
            if passed_over
            else ""
        )
    )


def check_entries(draw: Draw) -> str:
    """(4) The list is the manifest's: size, hash, sorted by pid, nobody twice, and the count."""
    count = draw.manifest["entry_count"]
    if count > MOST_ENTRIES:
        raise Failed(f"there are more than the {MOST_ENTRIES} entries that this program takes")
    content = read_file(draw.folder / "entries.bin", count * RECORD)
    if len(content) % RECORD:
        raise Failed(f"entries.bin is not made of records of {RECORD} bytes")
    if sha256(content).hexdigest() != draw.manifest["entries_sha256"]:
        raise Failed("entries.bin is not what entries_sha256 names")
    pids = [content[start : start + PID] for start in range(0, len(content), RECORD)]
    if not all(map(lt, pids, pids[1:])):
        raise Failed("entries.bin is not sorted by pid, or has a pid twice")
    if len(pids) != count:
        raise Failed(f"entries.bin has {len(pids)} entries, the manifest says {count}")
    draw.entries, draw.pids = content, pids
    return f"{count} entries, sorted, nobody twice"


def check_root(draw: Draw) -> str:
    """(5) The Merkle root over all records is the manifest's."""
    leaves: list[bytes] = []
    size = AT_ONCE * RECORD
    for begin in in_batches(len(draw.entries), size):
        part = draw.entries[begin : begin + size]
        leaves += [leaf(part[start : start + RECORD]) for start in range(0, len(part), RECORD)]
    if tree_root(leaves).hex() != draw.manifest["merkle_root"]:
        raise Failed("the root of the entries is not the manifest's merkle_root")
    return f"{draw.manifest['merkle_root']}"


def check_beacon(draw: Draw) -> str:
    """(6) The round is the one named, of the chain named, and strictly signed by it."""
    beacon = draw.manifest["beacon"]
    if beacon["scheme"] != QUICKNET["scheme"]:
        raise Failed("the beacon's scheme is not the protocol's")
    if chain_hash(beacon) != beacon["chain_hash"]:
        raise Failed("the chain hash does not follow from the beacon's values")
    if beacon["round_time"] != beacon["genesis_time"] + (beacon["round"] - 1) * beacon["period"]:
        raise Failed("round_time is not the time of the round")
    if not draw.is_drawn:
        return f"round {beacon['round']} of {beacon['beacon_id']}, still to come"
    draw.round = read_json(read_file(draw.folder / "round.json"), "round.json", ROUND_FORM)
    if draw.round["round"] != beacon["round"]:
        raise Failed("round.json is not the round that the manifest names")
    check_round(draw.round, bytes.fromhex(beacon["public_key"]))
    draw.result = parse_json(read_file(draw.folder / "result.json"), "result.json")
    for key, value in draw.round.items():
        found = draw.result.get(key)
        if found != value or type(found) is not type(value):
            raise Failed(f"result.json and round.json have another {key}")
    return f"round {beacon['round']} of {beacon['beacon_id']}, signature verified"


def check_round(value: dict[str, Any], public_key: bytes) -> None:
    """Check a round against its chain: first the signature, then the randomness."""
    if not is_hex_of(value["signature"], 48):
        raise Failed("the signature is not 48 bytes of lower-case hex")
    signature = bytes.fromhex(value["signature"])
    if not signature_holds(public_key, value["round"], signature):
        raise Failed("the signature is not the beacon's for this round")
    if sha256(signature).hexdigest() != value["randomness"]:
        raise Failed("the randomness is not the hash of the signature")


def check_seed(draw: Draw) -> str:
    """(7) The seed is H("pointdraw/seed/v1" || 0x00 || manifest hash || round || randomness)."""
    drawn = uint64(draw.round["round"]) + bytes.fromhex(draw.round["randomness"])
    draw.seed = sha256(b"pointdraw/seed/v1\x00" + draw.manifest_hash + drawn).digest()
    if draw.result.get("seed") != draw.seed.hex():
        raise Failed("the seed of result.json does not follow from manifest and round")
    return draw.seed.hex()


def check_order(draw: Draw) -> str:
    """(8) Every row has the rank and pid that the order of all entries gives it.

    The order is by ticket, H(0x02 || seed || pid), then by pid: what was spent plays no part.
    """
    start = b"\x02" + draw.seed
    for begin in in_batches(len(draw.pids), AT_ONCE):
        part = draw.pids[begin : begin + AT_ONCE]
        draw.order += [sha256(start + pid).digest() + pid for pid in part]
    draw.order.sort()
    largest = LARGEST_ROW * (len(draw.pids) + 1)
    lines = read_file(draw.folder / "winners.csv", largest).decode("latin-1").split("\n")
    draw.rows = lines[1:-1] if lines[-1] == "" else lines[1:]
    if len(draw.rows) > len(draw.order):
        raise Failed("winners.csv has more rows than there are entries")
    for rank, (row, place) in enumerate(zip(draw.rows, draw.order, strict=False), 1):
        if row.split(",")[:2] != [str(rank), place[32:].hex()]:
            raise Failed(f"row {rank} of winners.csv is not the entry of this rank")
    return f"{len(draw.rows)} rows at their ranks among {len(draw.order)} entries"


def check_rewards(draw: Draw) -> str:
    """(9) Every row's reward is from 1 to the cap and, with m, what its entry committed to."""
    for rank, row in enumerate(draw.rows, 1):
        _, pid, reward, m = [*row.split(","), "", ""][:4]
        if not re.fullmatch(r"[1-9][0-9]{0,15}", reward) or not is_hex_of(m, 32):
            raise Failed(f"row {rank} of winners.csv has no reward and m to open its entry with")
        if int(reward) > draw.manifest["reward_cap"]:
            raise Failed(f"row {rank} of winners.csv has a reward above the cap")
        index = bisect_left(draw.pids, bytes.fromhex(pid))
        opened = commitment(bytes.fromhex(pid), int(reward), bytes.fromhex(m))
        if opened != draw.entries[index * RECORD + PID : (index + 1) * RECORD]:
            raise Failed(f"row {rank} of winners.csv does not open the commitment of its entry")
    return f"{len(draw.rows)} commitments opened, each reward from 1 to the cap"


def check_cut(draw: Draw) -> str:
    """(10) The budget ends where it must, nobody is skipped, and both files say so in due form."""
    rewards = [int(row.split(",")[2]) for row in draw.rows]
    winners, total, lines = 0, 0, [HEADER]
    budget, cumulative = draw.manifest["budget"], 0
    for rank, (row, reward) in enumerate(zip(draw.rows, rewards, strict=True), 1):
        cumulative += reward
        lines.append(",".join([*row.split(",")[:4], str(cumulative)]))
        if row != lines[-1]:
            raise Failed(f"row {rank} of winners.csv has another cumulative, or another form")
        if cumulative <= budget:
            winners, total = rank, cumulative
    # The last row is the entry after the cut, unless every entry wins.
    if len(draw.rows) != min(winners + 1, len(draw.order)):
        raise Failed("winners.csv does not end with the first entry that exceeds the budget")
    content = "".join(line + "\n" for line in lines).encode("latin-1")
    if read_file(draw.folder / "winners.csv", len(content)) != content:
        raise Failed("winners.csv is not of its form: header, rows, LF")
    draw.awards = rewards[:winners]
    left = budget - total
    if draw.manifest["policy"] == "partial" and winners < len(draw.rows) and left:
        draw.awards.append(left)
        total, left = budget, 0
    check_result(draw, winners=winners, total=total, left=left, winners_hash=sha256(content))
    return f"{winners} winners, {total} points, {left} left over"


def check_result(draw: Draw, *, winners: int, total: int, left: int, winners_hash: Any) -> None:
    """Check result.json against the rows, and its form against the protocol."""
    read_json(read_file(draw.folder / "result.json"), "result.json", RESULT_FORM)
    expected = {
        "manifest_sha256": draw.manifest_hash.hex(),
        "winners": winners,
        "total_points": total,
        "leftover_points": left,
        "winners_sha256": winners_hash.hexdigest(),
    }
    for key, value in expected.items():
        if draw.result[key] != value:
            raise Failed(f"result.json has another {key} than the rows come to")


def check_receipt(draw: Draw) -> str:
    """(11) The receipt's member is in the list, with its reward, at the rank and award it says."""
    if draw.receipt_file is None:
        return "none given"
    receipt = read_json(read_file(draw.receipt_file), "the receipt", RECEIPT_FORM)
    if receipt["manifest_sha256"] != draw.manifest_hash.hex():
        raise Failed("the receipt is of another draw")
    if receipt["reward"] > draw.manifest["reward_cap"]:
        raise Failed("the receipt has a reward above the cap")
    pid, nonce = bytes.fromhex(receipt["pid"]), bytes.fromhex(receipt["nonce"])
    m = sha256(b"\x04" + nonce + receipt["wester_id"].encode("ascii")).digest()
    record = pid + commitment(pid, receipt["reward"], m)
    index, path = receipt["index"], [bytes.fromhex(item) for item in receipt["path"]]
    if record != draw.entries[index * RECORD : (index + 1) * RECORD]:
        raise Failed("the receipt does not open the entry at its index")
    root = root_by_path(leaf(record), index, len(draw.pids), path)
    if root is None or root.hex() != draw.manifest["merkle_root"]:
        raise Failed("the receipt's path does not lead to the root")
    for key, value in place_of(draw, pid).items():
        if receipt[key] != value:
            raise Failed(f"the receipt has another {key} than the draw")
    return f"entry {index}, reward {receipt['reward']}, " + (
        f"rank {receipt['rank']}, award {receipt['award']}" if receipt["rank"] else "not drawn"
    )


def place_of(draw: Draw, pid: bytes) -> dict[str, Any]:
    """Return ticket, rank and award of an entrant: none of them before the draw."""
    if not draw.is_drawn:
        return {"ticket": None, "rank": None, "award": None}
    ticket = sha256(b"\x02" + draw.seed + pid).digest()
    rank = bisect_left(draw.order, ticket + pid) + 1
    award = draw.awards[rank - 1] if rank <= len(draw.awards) else None
    return {"ticket": ticket.hex(), "rank": rank if award else None, "award": award}


# ---------------------------------------------------------------------- running the steps

STEPS: list[tuple[str, Callable[[Draw], str]]] = [
    ("(1) manifest", check_manifest),
    ("(2) times", check_times),
    ("(3) terms and files", check_terms),
    ("(4) entries", check_entries),
    ("(5) root", check_root),
    ("(6) beacon", check_beacon),
    ("(7) seed", check_seed),
    ("(8) order", check_order),
    ("(9) rewards", check_rewards),
    ("(10) cut", check_cut),
    ("(11) receipt", check_receipt),
]
OF_THE_RESULT = (check_seed, check_order, check_rewards, check_cut)


def verify(draw: Draw) -> bool:
    """Run the steps in order and print each; return whether all passed."""
    chain = warning_of(draw)
    for name, check in STEPS:
        if check in OF_THE_RESULT and not draw.is_drawn:
            print_line(f"{name}: not before the draw")
            continue
        try:
            found = check(draw)
        except Failed as failure:
            print_line(f"{name}: FAILED, {failure}.")
            print_line(f"NOT ACCEPTED: step {name} failed.{chain}")
            return False
        print_line(f"{name}: ok, {found}")
    verdict = "the draw is as it must be" if draw.is_drawn else "the draw can begin"
    print_line(f"ACCEPTED: {verdict}.{chain}")
    return True


def warning_of(draw: Draw) -> str:
    """Print the manifest hash and a warning of the chain; return the warning."""
    try:
        content = read_file(draw.folder / "manifest.json")
    except Failed:
        print_line("manifest hash: none, there is no manifest.json to read.")
        return ""
    try:
        beacon = parse_json(content, "manifest.json").get("beacon")
    except Failed:
        beacon = None
    values = beacon if isinstance(beacon, dict) else {}
    chain = ""
    if any(values.get(key) != value for key, value in QUICKNET.items()):
        name = str(values.get("beacon_id", "unknown"))[:40]
        chain = (
            f" WARNING: chain {name} is not drand's quicknet; who holds its key steers the draw."
        )
    print_line(f"manifest hash: {sha256(content).hexdigest()}.{chain}")
    return chain


def in_batches(total: int, size: int) -> Iterator[int]:
    """Yield where each batch begins, and print progress between them."""
    for begin in range(0, total, size):
        if begin:
            show_progress(f"    {100 * begin // total} %\n")
        yield begin


def show_progress(text: str) -> None:
    """Write to standard error; where that is closed or full, verify without progress."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (AttributeError, OSError):
        # For the rest of the process.
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123


def print_line(line: str) -> None:
    """Print a line with characters escaped that could control a terminal."""
    printable = (char if " " <= char <= "~" else ascii(char)[1:-1] for char in line)
    print("".join(printable), flush=True)


def hash_argument(text: str) -> str:
    """Return 32 bytes in hex that were given on the command line, in lower case."""
    if not is_hex_of(text.lower(), 32):
        raise argparse.ArgumentTypeError("it must be 64 characters of hex")
    return text.lower()


def main(arguments: list[str] | None = None) -> int:
    """Verify what the command line names; return the exit status."""
    parser = argparse.ArgumentParser(description="Verify a draw from its published files alone.")
    parser.add_argument("bundle", type=Path, help="the folder with the published files")
    parser.add_argument("--manifest-sha256", type=hash_argument, metavar="HEX", help="known before")
    parser.add_argument("--signing-key", type=hash_argument, metavar="HEX", help="known before")
    parser.add_argument("--receipt", type=Path, metavar="FILE", help="a member's receipt.json")
    parser.add_argument("--before-draw", action="store_true", help="there is no result yet")
    given = parser.parse_args(arguments)
    draw = Draw(
        given.bundle, given.manifest_sha256, given.signing_key, given.receipt, given.before_draw
    )
    return 0 if verify(draw) else 1


def run() -> int:
    """Verify; return the exit status, 1 where the result could not be printed."""
    try:
        return main()
    except OSError as error:
        # For the rest of the process.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
        if not isinstance(error, BrokenPipeError):
            show_progress(f"The result cannot be printed ({error.strerror}).\n")
        return 1


if __name__ == "__main__":
    sys.exit(run())
