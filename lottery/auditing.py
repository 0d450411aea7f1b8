"""Audit a frozen list with the key K: one pseudonym a member, lots and rewards by their totals.

For an auditor who was given K. Findings name entrants by index and pid, never by WESTER ID.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from bookings.erased import is_mark
from campaign.facts import facts_of
from campaign.rewards import lots_of, rewards_of, shares_of
from core.printable import printable_name
from lottery import documents, protocol
from lottery.bundle import stream_entries
from lottery.models import Draw, Entrant
from lottery.refusals import UnfitKey

KEY = 64  # hexadecimal digits
ROWS_PER_READ = 10_000
COLUMNS = (
    *("position", "wester_id", "total_yen", "facts", "lots", "mask", "rewards"),
    *("pid", "nonces", "commitment"),
)
TEXTS = {
    "pid": "The pseudonym is not that of the member under this key.",
    "member_twice": "The member is on the list a second time.",
    "lots": "The lots are not those that the total as frozen gives.",
    "rewards": "The rewards are not those that the total as frozen gives.",
    "mask": "The mask does not fit the rewards.",
    "commitment": "The commitment does not open to lots, mask, rewards and member.",
}


@dataclass(frozen=True)
class AuditFinding:
    """What does not hold, of an entrant, or without index and pid of the whole list."""

    code: str
    text: str
    index: int | None = None
    pid: str | None = None


def read_key(path: Path) -> bytes:
    """Return the key in a file that ``draw reveal`` wrote.

    Raises:
        UnfitKey: the file cannot be read, or is not 64 hexadecimal digits.
    """
    try:
        text = path.read_bytes().strip().decode("ascii", "replace")
    except OSError as failure:
        raise UnfitKey(f"{printable_name(path)}: {failure.strerror}.") from failure
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(text) != KEY or len(key) != KEY // 2:
        raise UnfitKey(
            _("%(file)s is no key: it must hold 64 hexadecimal digits, as draw reveal writes them.")
            % {"file": printable_name(path)}
        )
    return key


def audit_list(draw: Draw, *, pid_key: bytes) -> Iterator[AuditFinding]:
    """Yield what does not hold of a draw's frozen list, against the totals as frozen.

    Raises:
        UnfitKey: it is not the key whose hash the manifest names.
    """
    manifest = documents.read_json(bytes(draw.manifest))
    if hashlib.sha256(pid_key).hexdigest() != manifest["pid_key_sha256"]:
        raise UnfitKey(_("This is not the key of this draw: its hash is not the manifest's."))
    yield from audit_entrants(draw, pid_key)
    entries = hashlib.sha256()
    for block in stream_entries(draw):
        entries.update(block)
    if entries.hexdigest() != manifest["entries_sha256"]:
        yield AuditFinding("entries_hash", "entries.bin is not the one that the manifest names.")


def audit_entrants(draw: Draw, pid_key: bytes) -> Iterator[AuditFinding]:
    """Yield what does not hold of single entrants, and of their sums."""
    plan = draw.terms.plan
    shares = shares_of(plan, draw.lots_total)
    make_pid = protocol.pid_maker(pid_key)
    members, lots_total = set(), 0
    rows = Entrant.objects.filter(draw=draw).order_by("position").only(*COLUMNS)
    for entrant in rows.iterator(ROWS_PER_READ):
        facts = facts_of(entrant.facts)
        rewards = rewards_of(plan, entrant.total_yen, facts, shares=shares)
        record = protocol.record_of(
            bytes(entrant.pid), entrant.lots, entrant.mask, bytes(entrant.commitment)
        )
        # Pseudonym and commitment are of the WESTER ID, which is gone; all else can be checked.
        is_erased = is_mark(entrant.wester_id)
        wrong = {
            "pid": not is_erased and make_pid(entrant.wester_id.encode()) != bytes(entrant.pid),
            "member_twice": entrant.wester_id in members,
            "lots": lots_of(plan, entrant.total_yen, facts) != entrant.lots,
            "rewards": rewards != entrant.rewards,
            "mask": protocol.mask_of(entrant.rewards) != entrant.mask,
            "commitment": not is_erased and sealed_again(entrant) != record,
        }
        members.add(entrant.wester_id)
        lots_total += entrant.lots
        for code, is_wrong in wrong.items():
            if is_wrong:
                yield AuditFinding(code, TEXTS[code], entrant.position, bytes(entrant.pid).hex())
    if (len(members), lots_total) != (draw.entry_count, draw.lots_total):
        yield AuditFinding("counts", "Entrants or lots are not as many as the manifest says.")


def sealed_again(entrant: Entrant) -> bytes:
    """Return the record that an entrant's stored values give."""
    member = entrant.wester_id.encode()
    openings = [
        protocol.opening_of(nonce, member) for nonce in protocol.split_hashes(bytes(entrant.nonces))
    ]
    return protocol.seal_record(
        bytes(entrant.pid), entrant.lots, entrant.rewards, b"".join(openings)
    )
