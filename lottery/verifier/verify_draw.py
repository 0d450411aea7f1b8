#!/usr/bin/env python3
"""Verify a draw from its published files alone. Protocol: pointdraw/2.

    pip install --upgrade py-ecc cryptography
    python verify_draw.py BUNDLE [--manifest-sha256 HEX] [--signing-key HEX]
                                 [--receipt FILE] [--before-draw]

It needs no network, and nothing of the program that made the draw. Eleven steps run in order; the
first that fails ends it with exit status 1 (0: all passed, 2: wrong usage).

What passes: the list of entrants was fixed before the round that ordered it was known, the round
is the beacon's own, the order of all lots follows from both alone, each prize went along that order
to who may win it, and the budget ended where the terms say. What no file can show is WHEN the list
was published. So compare the manifest hash, printed first, with one that you saw before the round:
give it as --manifest-sha256. Nor do the files show that each record is a real member's, and lots,
mask and rewards those of their bookings: each member sees their own, an auditor all.

Below, ``||`` joins bytes, H is SHA-256, hex is lower case, and numbers inside hashes are 64 bits
unless their size is named, the most significant byte first. Prizes and lots count from 1; bit i - 1
of an entrant's mask is 1 where they may win prize i.
"""

import argparse
import itertools
import json
import os
import re
import stat
import struct
import sys
from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
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
HEADER = b"prize,rank,pid,reward,award,lot,m,others,cumulative\n"
COLUMNS = 9
PID, HEAD, RECORD = 16, 20, 52  # bytes: a pid; pid || lots || mask; and a record with c behind it
PLACE = 38  # bytes: ticket || index in entries.bin || winning lot
RECORDS = struct.Struct(">16s36x")  # the pid of a record
TWO = tuple(number.to_bytes(2, "big") for number in range(1 << 16))  # numbers of 16 bits
ESCAPED = re.compile(r"(?:[ -$&-~]|%(?:25|[01][0-9A-F]|7F|[89A-F][0-9A-F]))+")
HASH = re.compile(rb"[0-9a-f]{64}")
HASHES = re.compile(rb"[0-9a-f]{64}(?:\.[0-9a-f]{64})*")
LARGEST_FILE = 1 << 20  # bytes; of a JSON file, and of this program
MOST_DEPTH = 20  # of a JSON file's brackets
LARGEST_LINE = 1200  # bytes of winners.csv
MOST_PRIZES, MOST_LOTS, MOST_UNITS = 16, 65_535, 10**12
MAX_EXACT_NUMBER = 2**53 - 1  # every JSON reader reads whole numbers up to here exactly
MOST_LOTS_TOTAL = 100_000_000
MOST_ENTRIES = 10_000_000
DAY = 86_400
PERCENT = 100
SELECTION, OPENINGS, SUMS = 8, 9, 10  # the steps that winners.csv is judged at
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
    terms: dict[str, Any] = field(default_factory=dict)
    entries: bytes = b""
    lots: "array[int]" = field(default_factory=lambda: array("H"))  # by index in entries.bin
    masks: "array[int]" = field(default_factory=lambda: array("H"))
    round: dict[str, Any] = field(default_factory=dict)
    result: dict[str, Any] = field(default_factory=dict)
    seed: bytes = b""
    order: "array[int]" = field(default_factory=lambda: array("I"))  # indexes, by rank
    winning: "array[int]" = field(default_factory=lambda: array("H"))  # lots, by rank
    lines: "Lines | None" = None  # of winners.csv

    @property
    def count(self) -> int:
        """How many entries there are."""
        return len(self.entries) // RECORD

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

    Its depth is counted first: py-ecc raises Python's recursion limit, so that deep nesting would
    end the process and not the step.
    """
    depth = deepest = 0
    for bracket in re.findall(rb"[][{}]", re.sub(rb'"(?:[^"\\]|\\.)*"', b"", content)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    if deepest > MOST_DEPTH:
        raise Failed(f"{name} is nested too deeply")
    try:
        value = json.loads(content.decode("latin-1"))
    except ValueError as error:
        raise Failed(f"{name} is not JSON") from error
    if not isinstance(value, dict):
        raise Failed(f"{name} is not a JSON object")
    return value


def check_subset(value: Any, name: str) -> None:
    """Refuse fractions, numbers of 2^53 and more, true and false, and texts beyond ASCII."""
    if isinstance(value, (float, bool)) or (
        isinstance(value, int) and abs(value) > MAX_EXACT_NUMBER
    ):
        raise Failed(f"{name} has a number that the protocol does not allow")
    if isinstance(value, str) and not re.fullmatch(r"[\x20-\x7e]*", value):
        raise Failed(f"{name} has a text that the protocol does not allow")
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        for item in value:
            check_subset(item, name)


def check_form(value: Any, name: str, form: dict[str, Fits]) -> None:
    """Refuse other keys, and values of another form."""
    if not isinstance(value, dict):
        raise Failed(f"{name} is not an object")
    if value.keys() != form.keys():
        wrong = ", ".join(sorted(map(str, value.keys() ^ form.keys())))
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


def is_number(least: int, most: int = MAX_EXACT_NUMBER) -> Fits:
    """Whether a value is a whole number of at least this; true and false are none."""
    return lambda value: type(value) is int and least <= value <= most


is_units = is_number(1, MOST_UNITS)  # of money or points
is_switch = is_number(0, 1)


def is_code(value: Any) -> bool:
    """Whether this is a code of a campaign, a prize or a series."""
    return isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,40}", value) is not None


def is_escaped(value: Any) -> bool:
    """Whether this is a text of which ``%`` and each byte beyond ASCII are %XX; not empty."""
    if not (isinstance(value, str) and ESCAPED.fullmatch(value)):
        return False
    try:
        re.sub("%(..)", lambda code: chr(int(code[1], 16)), value).encode("latin-1").decode()
    except ValueError:
        return False
    return True


def is_list_of(fits: Fits, least: int = 0, most: int = MAX_EXACT_NUMBER) -> Fits:
    """Whether a value is a list of so many that fit."""
    return lambda value: (
        isinstance(value, list) and least <= len(value) <= most and all(map(fits, value))
    )


def is_day(value: Any) -> bool:
    """Whether this is a day of the calendar, as YYYY-MM-DD."""
    if not (isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value)):
        return False
    try:
        return bool(date.fromisoformat(value))
    except ValueError:
        return False


def is_set(least: int = 0) -> Fits:
    """Whether a value is a sorted list of at least so many texts, none twice."""
    fits = is_list_of(is_escaped, least)
    return lambda value: fits(value) and value == sorted(set(value))


def is_edge(value: Any) -> bool:
    """Whether this is a rule for the reward that does not fit the budget."""
    return value in ("stop", "partial")


def is_none_or(fits: Fits) -> Fits:
    """Whether a value is null, or else fits."""
    return lambda value: value is None or fits(value)


def is_object(value: Any) -> bool:
    """Whether this is an object; what is in it is looked at by itself."""
    return isinstance(value, dict)


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
    "schema": lambda value: value == "pointdraw/2",
    "campaign": is_code,
    "sequence": is_number(1),
    "previous_manifest_sha256": is_none_or(is_hex(32)),
    "terms_sha256": is_hex(32),
    "verifier_sha256": is_hex(32),
    "entry_count": is_number(0),
    "lots_total": is_number(0),
    "eligible": is_list_of(is_number(0), 1, MOST_PRIZES),
    "entries_sha256": is_hex(32),
    "merkle_root": is_hex(32),
    "budget_points": is_units,
    "edge": is_edge,
    "prizes": is_list_of(is_object, 1, MOST_PRIZES),
    "pid_key_sha256": is_hex(32),
    "beacon": is_object,
    "frozen_at": is_number(0),
    "publish_by": is_number(0),
    "min_gap_s": is_number(0),
    "credit_at": is_number(0),
    "expires_on": is_day,
    "time_zone": is_text,
    "signing_key": is_hex(32),
}
TERMS_FORM: dict[str, Fits] = {
    "schema": lambda value: value == "campaign/2",
    "code": is_code,
    "version": is_number(1),
    "series": is_none_or(is_object),
    "public_at": is_number(0),
    "opens_at": is_number(0),
    "closes_at": is_number(0),
    "entry_needed": is_switch,
    "credit_at": is_number(0),
    "expires_on": is_day,
    "kept_until": is_day,
    "time_zone": is_escaped,
    "bookings": is_object,
    "minimum_total_yen": is_units,
    "lots": is_object,
    "budget_points": is_units,
    "edge": is_edge,
    "prizes": is_list_of(is_object, 1, MOST_PRIZES),
}
SERIES_FORM: dict[str, Fits] = {
    "code": is_code,
    "course": is_none_or(is_code),
    "carried": is_switch,
}
BOOKINGS_FORM: dict[str, Fits] = {
    "touches": is_list_of(is_object, 1),
    "travel": is_list_of(is_object, 1),
    "booked": is_none_or(is_object),
    "products_excluded": is_set(),
    "channels_excluded": is_set(),
    "payment_methods": lambda value: (
        is_object(value) and all(map(is_escaped, value)) and all(map(is_set(1), value.values()))
    ),
    "kinds_excluded": is_set(),
    "kinds_registered": is_set(),
    "kinds_free": is_set(),
    "phone_changes_excluded": is_switch,
    "stopovers_excluded": is_switch,
}
TOUCH_FORM: dict[str, Fits] = {
    "services": is_set(1),
    "operator": is_escaped,
    "lines": is_none_or(is_set(1)),
}
TRAVEL_FORM: dict[str, Fits] = {"first": is_day, "last": is_day}
BOOKED_FORM: dict[str, Fits] = {"from": is_number(0), "until": is_number(0)}
LOTS_FORM: dict[str, Fits] = {
    "yen": is_none_or(is_units),
    "most": is_number(1, MOST_LOTS),
    "times": is_list_of(is_object),
}
TIMES_FORM: dict[str, Fits] = {"when": is_set(1), "times": is_number(2, MOST_LOTS)}
PRIZE_FORM: dict[str, Fits] = {
    "code": is_code,
    "take": lambda value: (
        is_object(value)
        and len(value) == 1
        and value.keys() <= TAKE_FORM.keys()
        and all(TAKE_FORM[key](number) for key, number in value.items())
    ),
    "minimum_total_yen": is_none_or(is_units),
    "beside": is_switch,
    "reward": is_object,
}
TAKE_FORM: dict[str, Fits] = {
    "winners": is_units,
    "one_in": is_number(2, MOST_UNITS),
    "all": is_number(1, 1),
}
REWARD_FORMS: dict[str, dict[str, Fits]] = {
    "spent": {
        "kind": is_text,
        "percent": is_number(1, 1000),
        "cap": is_units,
        "cap_if": is_list_of(is_object),
    },
    "fixed": {"kind": is_text, "points": is_units},
    "pool": {"kind": is_text, "points": is_units, "cap": is_none_or(is_units)},
}
CAP_FORM: dict[str, Fits] = {"when": is_set(1), "cap": is_units}
ROUND_FORM: dict[str, Fits] = {
    "round": is_number(1),
    "signature": is_text,
    "randomness": is_hex(32),
}
RESULT_FORM: dict[str, Fits] = {
    "schema": lambda value: value == "pointdraw/2/result",
    "manifest_sha256": is_hex(32),
    **ROUND_FORM,
    "seed": is_hex(32),
    "winners": is_list_of(is_number(0), 1, MOST_PRIZES),
    "total_points": is_number(0),
    "leftover_points": is_number(0),
    "winners_sha256": is_hex(32),
}
RECEIPT_FORM: dict[str, Fits] = {
    "schema": lambda value: value == "pointdraw/2/receipt",
    "manifest_sha256": is_hex(32),
    "wester_id": is_text,
    "pid": is_hex(PID),
    "lots": is_number(1, MOST_LOTS),
    "mask": is_number(0, 2**MOST_PRIZES - 1),
    "rewards": is_list_of(is_number(0, MOST_UNITS), 1, MOST_PRIZES),
    "nonces": is_list_of(is_hex(32), 1, MOST_PRIZES),
    "index": is_number(0),
    "path": is_list_of(is_hex(32)),
    "ticket": is_none_or(is_hex(32)),
    "lot": is_none_or(is_number(1, MOST_LOTS)),
    "rank": is_none_or(is_number(1)),
    "awards": is_none_or(is_list_of(is_number(0, MOST_UNITS), 1, MOST_PRIZES)),
}


# ---------------------------------------------------------------------- the formulas


def uint64(number: int) -> bytes:
    """Return the eight bytes of a number."""
    return number.to_bytes(8, "big")


def reward_commitment(pid: bytes, prize: int, reward: int, m: bytes) -> bytes:
    """Return c_i = H(0x05 || pid || uint16 i || r_i || m_i), where m_i hides who the entrant is."""
    return sha256(b"\x05" + pid + TWO[prize] + uint64(reward) + m).digest()


def commitment(head: bytes, parts: bytes) -> bytes:
    """Return c = H(0x03 || pid || uint16 lots || uint16 mask || c_1 || ... || c_n)."""
    return sha256(b"\x03" + head + parts).digest()


def least_ticket(start: bytes, lots: int) -> bytes:
    """Return an entrant's ticket and the 16 bits of its lot; ``start`` is 0x02 || seed || pid.

    The ticket of lot j is H(start || uint16 j); the least of all lots counts.
    """
    return min([sha256(start + lot).digest() + lot for lot in TWO[1 : lots + 1]])


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
    if parse_json(content, "manifest.json").get("schema") == "pointdraw/1":
        raise Failed(
            "the draw is of protocol pointdraw/1, and this program verifies pointdraw/2 only"
        )
    manifest = read_json(content, "manifest.json", MANIFEST_FORM)
    check_form(manifest["beacon"], "the beacon of manifest.json", BEACON_FORM)
    if (manifest["sequence"] == 1) != (manifest["previous_manifest_sha256"] is None):
        raise Failed("the first draw has no previous manifest, and every later one has")
    if len(manifest["eligible"]) != len(manifest["prizes"]):
        raise Failed("manifest.json has not one number of eligible for each prize")
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
    """(2) The list was frozen after the entries closed and in time to publish before the round.

    Other terms than those that the manifest names say nothing of it: step 3 refuses them.
    """
    manifest = draw.manifest
    round_time, gap = manifest["beacon"]["round_time"], manifest["min_gap_s"]
    if manifest["publish_by"] != round_time - gap:
        raise Failed("publish_by is not round_time less min_gap_s")
    if manifest["frozen_at"] > manifest["publish_by"]:
        raise Failed("the list was frozen after publish_by")
    try:
        content = read_file(draw.folder / "terms.json")
        closes_at = parse_json(content, "terms.json").get("closes_at")
    except Failed:
        content, closes_at = b"", None
    is_named = sha256(content).hexdigest() == manifest["terms_sha256"]
    if is_named and isinstance(closes_at, int) and manifest["frozen_at"] < closes_at:
        raise Failed("the list was frozen before closes_at, while entries were taken")
    return f"to be published {gap} s before the round" + (
        ", LESS than a day: a demonstration" if gap < DAY else ""
    )


def check_terms(draw: Draw) -> str:
    """(3) The terms and this program are those of the manifest, and there is no other file.

    Files that file managers write are listed and ignored: no step reads them.
    """
    content = read_file(draw.folder / "terms.json")
    terms = read_json(content, "terms.json", TERMS_FORM)
    check_parts(terms)
    if sha256(content).hexdigest() != draw.manifest["terms_sha256"]:
        raise Failed("terms.json is not what terms_sha256 names")
    for key in sorted(terms.keys() & draw.manifest.keys() - {"schema"}):
        if terms[key] != draw.manifest[key]:
            raise Failed(f"terms.json and manifest.json have another {key}")
    if terms["code"] != draw.manifest["campaign"]:
        raise Failed("the code of terms.json is not the campaign of manifest.json")
    draw.terms = terms
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
    prizes = len(terms["prizes"])
    return (
        f"version {terms['version']}, {prizes} prize{'s' if prizes > 1 else ''}, "
        f"{terms['budget_points']} points, edge {terms['edge']}"
        + (
            f"; passed over what desktops put there: {', '.join(sorted(passed_over))[:200]}"
            if passed_over
            else ""
        )
    )


def check_parts(terms: dict[str, Any]) -> None:
    """Check the objects inside the terms, and what the rules of prizes and lots ask of them."""
    if terms["series"] is not None:
        check_form(terms["series"], "the series of terms.json", SERIES_FORM)
    bookings = terms["bookings"]
    check_form(bookings, "the bookings of terms.json", BOOKINGS_FORM)
    for touch in bookings["touches"]:
        check_form(touch, "a touch of terms.json", TOUCH_FORM)
    for period in bookings["travel"]:
        check_form(period, "a travel period of terms.json", TRAVEL_FORM)
    if bookings["booked"] is not None:
        check_form(bookings["booked"], "the booked of terms.json", BOOKED_FORM)
    check_lots(terms["lots"])
    for number, prize in enumerate(terms["prizes"], 1):
        check_prize(prize, f"prize {number} of terms.json", terms["minimum_total_yen"])
    if len({prize["code"] for prize in terms["prizes"]}) != len(terms["prizes"]):
        raise Failed("two prizes of terms.json have one code")


def check_lots(lots: dict[str, Any]) -> None:
    """Check the rule of lots: one each, or one for so many yen."""
    check_form(lots, "the lots of terms.json", LOTS_FORM)
    for item in lots["times"]:
        check_form(item, "an item of times of terms.json", TIMES_FORM)
    if lots["yen"] is None and lots["most"] != 1:
        raise Failed("the lots of terms.json have a most other than 1 though yen is null")
    if max(factors_of(lots)) * lots["most"] > MOST_LOTS:
        raise Failed(f"the lots of terms.json can be more than {MOST_LOTS}")


def check_prize(prize: dict[str, Any], name: str, minimum: int) -> None:
    """Check one prize; ``minimum`` is the campaign's."""
    check_form(prize, name, PRIZE_FORM)
    reward, own = prize["reward"], prize["minimum_total_yen"]
    kind = reward.get("kind")
    if not (isinstance(kind, str) and kind in REWARD_FORMS):
        raise Failed(f"the reward of {name} has another kind than spent, fixed or pool")
    check_form(reward, f"the reward of {name}", REWARD_FORMS[kind])
    for item in reward.get("cap_if", []):
        check_form(item, f"a cap of {name}", CAP_FORM)
    if own is not None and own < minimum:
        raise Failed(f"{name} has a minimum below the campaign's")
    if prize["beside"] and "all" not in prize["take"]:
        raise Failed(f"{name} is beside earlier ones, and does not take all")
    if kind == "pool" and ("all" not in prize["take"] or own is not None):
        raise Failed(f"{name} is a pool, and does not take all or has a minimum of its own")
    if kind == "spent" and (own or minimum) * reward["percent"] < PERCENT:
        raise Failed(f"{name} has a reward of 0 at its minimum")


def factors_of(lots: dict[str, Any]) -> set[int]:
    """Return what an entrant's lots can be multiplied by."""
    return {1, *(item["times"] for item in lots["times"])}


def check_entries(draw: Draw) -> str:
    """(4) The list is the manifest's: size, hash, sorted by pid, nobody twice, lots and masks."""
    count = draw.manifest["entry_count"]
    if count > MOST_ENTRIES:
        raise Failed(f"there are more than the {MOST_ENTRIES} entries that this program takes")
    content = read_file(draw.folder / "entries.bin", count * RECORD)
    if len(content) % RECORD:
        raise Failed(f"entries.bin is not made of records of {RECORD} bytes")
    if sha256(content).hexdigest() != draw.manifest["entries_sha256"]:
        raise Failed("entries.bin is not what entries_sha256 names")
    check_sorted(content)
    draw.entries = content
    if draw.count != count:
        raise Failed(f"entries.bin has {draw.count} entries, the manifest says {count}")
    draw.lots, draw.masks = column(content, PID), column(content, PID + 2)
    check_lots_of_all(draw)
    check_masks(draw)
    return f"{count} entries, sorted, nobody twice, {sum(draw.lots)} lots"


def check_sorted(content: bytes) -> None:
    """Refuse records that are not in the order of their pids, and a pid twice."""
    before = b""
    for index, (pid,) in enumerate(RECORDS.iter_unpack(content)):
        if pid <= before and index:
            raise Failed(f"entries.bin is not sorted by pid, or has a pid twice, at entry {index}")
        before = pid


def column(content: bytes, at: int, record: int = RECORD, kind: str = "H") -> "array[int]":
    """Return the number that each record has at a place, of 16 bits, or of 32 for ``I``."""
    numbers = array(kind)
    size = numbers.itemsize
    joined = bytearray(size * (len(content) // record))
    for byte in range(size):
        joined[byte::size] = content[at + byte :: record]
    numbers.frombytes(joined)
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers


def check_lots_of_all(draw: Draw) -> None:
    """Check that the terms can give each entrant's lots, and that they sum to lots_total."""
    rule = draw.terms["lots"]
    most, factors = rule["most"], factors_of(rule)
    possible = {lots * factor for lots in range(1, most + 1) for factor in factors}
    if wrong := set(draw.lots) - possible:
        index = min(map(draw.lots.index, wrong))
        raise Failed(f"entry {index} has {draw.lots[index]} lots, which the terms cannot give")
    total = sum(draw.lots)
    if total != draw.manifest["lots_total"] or total > MOST_LOTS_TOTAL:
        raise Failed(f"the entries have {total} lots: another lots_total, or more than allowed")


def check_masks(draw: Draw) -> None:
    """Check each mask, and that as many have each bit as the manifest says.

    Who reaches a minimum reaches every lower one. A pool is everybody's or nobody's.
    """
    prizes, counted = draw.terms["prizes"], Counter(draw.masks)
    for mask in sorted(counted, key=draw.masks.index):
        place = f"entry {draw.masks.index(mask)} has a mask"
        if mask >> len(prizes):
            raise Failed(f"{place} with a bit above the last prize")
        for number, must in enumerate(required_bits(draw, mask), 1):
            has = mask >> (number - 1) & 1
            if must and not has:
                raise Failed(f"{place} without prize {number}, which they may win")
            if must is False and has:
                raise Failed(f"{place} with prize {number}, which nobody can win")
    for place_, said in enumerate(draw.manifest["eligible"]):
        found = sum(count for mask, count in counted.items() if mask >> place_ & 1)
        if found != said:
            raise Failed(f"{found} entries may win prize {place_ + 1}, the manifest says {said}")


def required_bits(draw: Draw, mask: int) -> list[bool | None]:
    """Return for each prize whether its bit must be 1, must be 0, or may be both (None)."""
    prizes = draw.terms["prizes"]
    minima = [prize["minimum_total_yen"] or draw.terms["minimum_total_yen"] for prize in prizes]
    reached = max(
        [
            draw.terms["minimum_total_yen"],
            *(minimum for place, minimum in enumerate(minima) if mask >> place & 1),
        ]
    )
    return [
        share_of(draw, prize) >= 1
        if prize["reward"]["kind"] == "pool"
        else (True if minimum <= reached else None)
        for prize, minimum in zip(prizes, minima, strict=True)
    ]


def share_of(draw: Draw, prize: dict[str, Any]) -> int:
    """Return what a pool gives for one lot."""
    points, total = prize["reward"]["points"], draw.manifest["lots_total"]
    return int(points // total) if total else 0


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
    """(7) The seed is H("pointdraw/seed/v2" || 0x00 || manifest hash || round || randomness)."""
    drawn = uint64(draw.round["round"]) + bytes.fromhex(draw.round["randomness"])
    draw.seed = sha256(b"pointdraw/seed/v2\x00" + draw.manifest_hash + drawn).digest()
    if draw.result.get("seed") != draw.seed.hex():
        raise Failed("the seed of result.json does not follow from manifest and round")
    return draw.seed.hex()


def check_order(draw: Draw) -> str:
    """(8) The lines are those that the selection gives along the order of all lots.

    An entrant's ticket is the least H(0x02 || seed || pid || uint16 lot) of their lots; the order
    is by ticket, then by pid: what was spent plays no part. winners.csv is read once, here, for
    steps 8 to 10: it can be larger than the memory.
    """
    order_entries(draw)
    draw.lines = Lines(draw)
    draw.lines.read()
    draw.lines.refuse(SELECTION)
    return f"{draw.lines.count} lines at their ranks among {draw.count} entries"


def order_entries(draw: Draw) -> None:
    """Sort all entries by their least ticket; an index in entries.bin is the order of pids."""
    start, one, hash_ = b"\x02" + draw.seed, TWO[1], sha256
    places: list[bytes] = []
    for begin in in_batches(draw.count, AT_ONCE):
        lots = draw.lots[begin : begin + AT_ONCE]
        part = draw.entries[begin * RECORD : (begin + AT_ONCE) * RECORD]
        pids = RECORDS.iter_unpack(part)
        if max(lots) == 1:
            places += [
                hash_(start + pid + one).digest() + index.to_bytes(4, "big") + one
                for index, (pid,) in enumerate(pids, begin)
            ]
            continue
        for index, ((pid,), count) in enumerate(zip(pids, lots, strict=True), begin):
            least = least_ticket(start + pid, count)
            places.append(least[:32] + index.to_bytes(4, "big") + least[32:])
    places.sort()
    joined = b"".join(places)
    draw.order, draw.winning = column(joined, 32, PLACE, "I"), column(joined, 36, PLACE)


def selection(draw: Draw) -> Iterator[tuple[int, int]]:
    """Yield prize and rank of each award, as they would be if the budget never ended.

    A prize passes over who may not win it and, unless it is beside the earlier ones, who has one
    of those. It ends with its last winner, before anybody more is looked at.
    """
    masks = array("H", [draw.masks[index] for index in draw.order])
    has_award = bytearray(draw.count)
    for place, prize in enumerate(draw.terms["prizes"]):
        limit, given = most_winners(prize["take"], draw.manifest["eligible"][place]), 0
        beside = prize["beside"]
        for rank, mask in enumerate(masks, 1):
            if given == limit:
                break
            if mask >> place & 1 and (beside or not has_award[rank - 1]):
                yield place + 1, rank
                has_award[rank - 1] = 1
                given += 1


def most_winners(take: dict[str, int], eligible: int) -> int:
    """Return how many can win a prize at most: N, one in k of the eligible, or all of them."""
    if "one_in" in take:
        return -(-eligible // take["one_in"])
    return take.get("winners", eligible)


def bounds_of(draw: Draw, prize: dict[str, Any], lots: int) -> tuple[int, int]:
    """Return the least and the greatest reward that the terms can give in a prize."""
    reward = prize["reward"]
    if reward["kind"] == "fixed":
        return reward["points"], reward["points"]
    if reward["kind"] == "pool":
        share = lots * share_of(draw, prize)
        share = share if reward["cap"] is None else min(share, reward["cap"])
        return share, share
    minimum = prize["minimum_total_yen"] or draw.terms["minimum_total_yen"]
    caps = [reward["cap"], *(item["cap"] for item in reward["cap_if"])]
    return max(1, min(minimum * reward["percent"] // PERCENT, *caps)), max(caps)


@dataclass
class Lines:
    """winners.csv beside the selection, with the first fault that each of steps 8 to 10 finds."""

    draw: Draw
    count: int = 0
    total: int = 0  # of the awards so far
    has_ended: bool = False  # the budget, at the line read last
    winners: list[int] = field(default_factory=list)  # with a full reward, by prize
    digest: str = ""
    faults: dict[int, str] = field(default_factory=dict)

    def refuse(self, step: int) -> None:
        """Refuse the file for what a step found in it."""
        if step in self.faults:
            raise Failed(self.faults[step])

    def fault(self, step: int, text: str) -> None:
        """Note what is wrong with the line being read; the first of each step counts."""
        self.faults.setdefault(step, f"line {self.count + 1} of winners.csv {text}")

    def read(self) -> None:
        """Read the file to its end, or to where it is not the selection's.

        Where a reward does not open, it says nothing of where the budget ends: step 9 refuses it.
        """
        prizes = len(self.draw.terms["prizes"])
        self.winners = [0] * prizes
        expected = selection(self.draw)
        hashed, lines = sha256(), read_lines(self.draw.folder / "winners.csv", prizes, self.draw)
        header = next(lines, b"")
        hashed.update(header)
        if header != HEADER:
            self.faults[SUMS] = "winners.csv does not begin with its header"
        for line in lines:
            hashed.update(line)
            place = None if self.has_ended else next(expected, None)
            if place is None:
                self.fault(SELECTION, "is more than the selection gives")
            else:
                self.read_line(line, *place)
            if SELECTION in self.faults:
                return
            self.count += 1
        if OPENINGS not in self.faults and not self.has_ended and next(expected, None):
            self.fault(SELECTION, "is missing: the selection goes on")
        self.digest = hashed.hexdigest()

    def read_line(self, line: bytes, prize: int, rank: int) -> None:
        """Check one line, which is of this prize and rank."""
        draw, cells = self.draw, line.removesuffix(b"\n").split(b",")
        if len(cells) != COLUMNS or not line.endswith(b"\n"):
            self.fault(SUMS, "has another form")
            cells = [*cells, *[b""] * COLUMNS][:COLUMNS]
        index, lot = draw.order[rank - 1], draw.winning[rank - 1]
        pid = draw.entries[index * RECORD : index * RECORD + PID]
        if cells[:3] != [b"%d" % prize, b"%d" % rank, pid.hex().encode()]:
            self.fault(SELECTION, "is not of the prize, rank and pid that the selection has there")
        elif cells[5] != b"%d" % lot:
            self.fault(SELECTION, "has another lot than the one that wins")
        self.open_line(index, prize, cells)
        if OPENINGS in self.faults:
            return
        reward = award = int(cells[3])
        left = draw.manifest["budget_points"] - self.total
        self.has_ended = reward > left
        if self.has_ended:
            award = left if draw.manifest["edge"] == "partial" else 0
        else:
            self.winners[prize - 1] += 1
        self.total += award
        if cells[4] != b"%d" % award:
            self.fault(SUMS, f"has another award than {award}")
        if cells[8] != b"%d" % self.total:
            self.fault(SUMS, f"has another cumulative than {self.total}")

    def open_line(self, index: int, prize: int, cells: list[bytes]) -> None:
        """Check that reward, m and others open the entry's commitment, and the reward the terms."""
        draw, prizes, reward = self.draw, len(self.winners), cells[3]
        if not re.fullmatch(rb"[1-9][0-9]{0,12}", reward) or not HASH.fullmatch(cells[6]):
            self.fault(OPENINGS, "has no reward and m to open its entry with")
            return
        others = cells[7]
        if len(others) != max(65 * prizes - 66, 0) or (others and not HASHES.fullmatch(others)):
            self.fault(OPENINGS, "has not one hash in others for each other prize")
            return
        record = draw.entries[index * RECORD : (index + 1) * RECORD]
        m, parts = (bytes.fromhex(cells[at].replace(b".", b"").decode()) for at in (6, 7))
        own = reward_commitment(record[:PID], prize, int(reward), m)
        at = 32 * (prize - 1)
        if commitment(record[:HEAD], parts[:at] + own + parts[at:]) != record[HEAD:]:
            self.fault(OPENINGS, "does not open the commitment of its entry")
            return
        least, most = bounds_of(draw, draw.terms["prizes"][prize - 1], draw.lots[index])
        if not least <= int(reward) <= most:
            self.fault(OPENINGS, f"has a reward that the terms cannot give: {least} to {most}")


def read_lines(path: Path, prizes: int, draw: Draw) -> Iterator[bytes]:
    """Yield the lines of a regular file with their ends, none of them overlong."""
    try:
        about = path.lstat()
        if not stat.S_ISREG(about.st_mode):
            raise Failed(f"{path.name} is not a regular file")
        if about.st_size > LARGEST_LINE * (prizes * draw.count + 1):
            raise Failed(f"{path.name} has more lines than there are awards to give")
        with path.open("rb") as file:
            for number in itertools.count():
                if not (line := file.readline(LARGEST_LINE)):
                    return
                if len(line) == LARGEST_LINE:
                    raise Failed(f"line {number} of {path.name} is too long")
                if number and number % AT_ONCE == 0:
                    show_progress(f"    {100 * file.tell() // about.st_size} %\n")
                yield line
    except OSError as error:
        raise Failed(f"{path.name} cannot be read ({error.strerror})") from error


def check_rewards(draw: Draw) -> str:
    """(9) Each line opens its entry's commitment, with a reward that the terms can give."""
    lines = lines_of(draw)
    lines.refuse(OPENINGS)
    return f"{lines.count} commitments opened, each reward one of the terms"


def check_awards(draw: Draw) -> str:
    """(10) Awards and sums are right, the plan ends at its budget, both files are of their form."""
    lines = lines_of(draw)
    lines.refuse(SUMS)
    check_result(draw, lines)
    left = draw.manifest["budget_points"] - lines.total
    return f"{sum(lines.winners)} full awards, {lines.total} points, {left} left over"


def lines_of(draw: Draw) -> Lines:
    """Return the lines that step 8 read."""
    if draw.lines is None:
        raise Failed("winners.csv was not read")
    return draw.lines


def check_result(draw: Draw, lines: Lines) -> None:
    """Check result.json against the lines, and its form against the protocol."""
    read_json(read_file(draw.folder / "result.json"), "result.json", RESULT_FORM)
    expected = {
        "manifest_sha256": draw.manifest_hash.hex(),
        "winners": lines.winners,
        "total_points": lines.total,
        "leftover_points": draw.manifest["budget_points"] - lines.total,
        "winners_sha256": lines.digest,
    }
    for key, value in expected.items():
        if draw.result[key] != value:
            raise Failed(f"result.json has another {key} than the lines come to")


def check_receipt(draw: Draw) -> str:
    """(11) The receipt's member is in the list, with these rewards, rank and awards."""
    if draw.receipt_file is None:
        return "none given"
    receipt = read_json(read_file(draw.receipt_file), "the receipt", RECEIPT_FORM)
    if receipt["manifest_sha256"] != draw.manifest_hash.hex():
        raise Failed("the receipt is of another draw")
    index = receipt["index"]
    record = draw.entries[index * RECORD : (index + 1) * RECORD]
    if record != opened_record(draw, receipt):
        raise Failed("the receipt does not open the entry at its index")
    check_receipt_rewards(draw, receipt)
    path = [bytes.fromhex(item) for item in receipt["path"]]
    root = root_by_path(leaf(record), index, draw.count, path)
    if root is None or root.hex() != draw.manifest["merkle_root"]:
        raise Failed("the receipt's path does not lead to the root")
    for key, value in place_of(draw, index).items():
        if receipt[key] != value:
            raise Failed(f"the receipt has another {key} than the draw")
    rewards = " ".join(map(str, receipt["rewards"]))
    return f"entry {index}, lots {receipt['lots']}, rewards {rewards}, " + (
        f"rank {receipt['rank']}, awards {' '.join(map(str, receipt['awards']))}"
        if draw.is_drawn
        else "not drawn yet"
    )


def opened_record(draw: Draw, receipt: dict[str, Any]) -> bytes:
    """Return the record that a receipt's values make."""
    prizes, lots, mask = len(draw.terms["prizes"]), int(receipt["lots"]), int(receipt["mask"])
    pid = bytes.fromhex(receipt["pid"])
    if len(receipt["rewards"]) != prizes or len(receipt["nonces"]) != prizes:
        raise Failed("the receipt has not one reward and one nonce for each prize")
    parts = b""
    for number, reward in enumerate(receipt["rewards"], 1):
        nonce = bytes.fromhex(receipt["nonces"][number - 1])
        m = sha256(b"\x04" + nonce + receipt["wester_id"].encode("ascii")).digest()
        parts += reward_commitment(pid, number, reward, m)
    head = pid + TWO[lots] + TWO[mask]
    return head + commitment(head, parts)


def check_receipt_rewards(draw: Draw, receipt: dict[str, Any]) -> None:
    """Check that each reward is one that the terms can give, or 0 where the mask has no bit."""
    for place, reward in enumerate(receipt["rewards"]):
        least, most = 0, 0
        if receipt["mask"] >> place & 1:
            least, most = bounds_of(draw, draw.terms["prizes"][place], receipt["lots"])
        if not least <= reward <= most:
            raise Failed(
                f"the receipt has a reward in prize {place + 1} that the terms cannot give"
            )


def place_of(draw: Draw, index: int) -> dict[str, Any]:
    """Return ticket, lot, rank and awards of an entrant: none of them before the draw."""
    if not draw.is_drawn:
        return {"ticket": None, "lot": None, "rank": None, "awards": None}
    pid = draw.entries[index * RECORD : index * RECORD + PID]
    least = least_ticket(b"\x02" + draw.seed + pid, draw.lots[index])
    rank = draw.order.index(index) + 1
    return {
        "ticket": least[:32].hex(),
        "lot": draw.winning[rank - 1],
        "rank": rank,
        "awards": awards_of(draw, rank),
    }


def awards_of(draw: Draw, rank: int) -> list[int]:
    """Return what an entrant won of each prize, by reading winners.csv once more."""
    awards, hashed, own = [0] * len(draw.terms["prizes"]), sha256(), []
    for line in read_lines(draw.folder / "winners.csv", len(awards), draw):
        hashed.update(line)
        cells = line.split(b",", 5)
        if cells[1:2] == [b"%d" % rank]:
            own.append(cells)
    if hashed.hexdigest() != lines_of(draw).digest:
        raise Failed("winners.csv has changed since step 8")
    for cells in own:
        awards[int(cells[0]) - 1] = int(cells[4])
    return awards


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
    ("(10) awards", check_awards),
    ("(11) receipt", check_receipt),
]
OF_THE_RESULT = (check_seed, check_order, check_rewards, check_awards)


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
