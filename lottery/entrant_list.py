"""The list that a draw is frozen over: read from the database, made nameless, stored.

In bulk: nothing is asked or told row by row. The keys never reach the database in the clear.
"""

import hashlib
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain

from django.db import connection

from campaign import aggregation
from campaign.models import Terms
from campaign.rewards import reward_expression
from entries.rules import any_keeps_out
from lottery import keys, protocol
from lottery.documents import FrozenList
from lottery.models import Candidate, Draw
from lottery.protocol import HASH_BYTES, PID_BYTES, RECORD_BYTES

# Reads entries_entry (unique entry_one_per_member), campaign_total and entries_membership by
# their keys. Whoever has no total has one of 0.
CANDIDATES = """
WITH candidate AS (
    SELECT entry.wester_id, entry.entered_at, COALESCE(total.total_yen, 0) AS counting_total,
        membership.wester_id IS NOT NULL AS has_left
    FROM entries_entry entry
    LEFT JOIN campaign_total total
        ON total.campaign_id = entry.campaign_id AND total.wester_id = entry.wester_id
    LEFT JOIN entries_membership membership
        ON membership.wester_id = entry.wester_id AND membership.status = 'withdrawn'
    WHERE entry.campaign_id = %s
)
"""
# Reads entries_entry by entry_one_per_member.
MEMBERS = "SELECT wester_id FROM entries_entry WHERE campaign_id = %s"
# Two hash tables of members to look things up in; and all rows are wanted, not the first ones.
SETTINGS = ("SET LOCAL work_mem = '128MB'", "SET LOCAL cursor_tuple_fraction = 1")
COLUMNS = ("draw_id", "position", "total_yen", "reward_points", "pid", "nonce", "commitment")
STORE = f"COPY lottery_entrant ({', '.join(COLUMNS)}, wester_id) FROM STDIN (FORMAT binary)"
# A row of a binary COPY: the number of columns, then each column's length and value.
ROW = struct.Struct(f">h iq ii iq iq i{PID_BYTES}s i{HASH_BYTES}s i{HASH_BYTES}s i")
COPY_HEAD = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
COPY_TAIL = b"\xff\xff"
ROWS_AT_ONCE = 10_000
# An entrant as we keep a million of them: pid, commitment, nonce, total and reward, WESTER ID.
MEMBER_AT = RECORD_BYTES + HASH_BYTES + 16
NUMBERS = struct.Struct(">QQ")
OPENING_AT = PID_BYTES + HASH_BYTES  # of m, behind pid and nonce


@dataclass(frozen=True)
class HiddenMembers:
    """pid, nonce and m of members by their WESTER IDs, with the keys that made them nameless."""

    pid_key: bytes
    nonce_key: bytes
    members: dict[str, bytes]


@dataclass(frozen=True)
class SecretList:
    """The entrants in the order of their pids, packed, with the keys that made them nameless."""

    pid_key: bytes
    nonce_key: bytes
    packed: list[bytes]
    entries: bytes  # entries.bin
    subtrees: list[bytes]

    def describe(self) -> FrozenList:
        """Return what the manifest says of the list."""
        return FrozenList(
            entry_count=len(self.packed),
            entries_sha256=hashlib.sha256(self.entries).hexdigest(),
            merkle_root=protocol.root_of(self.subtrees).hex(),
            pid_key_sha256=hashlib.sha256(self.pid_key).hexdigest(),
        )


def make_list(terms: Terms) -> SecretList:
    """Make the list of everybody whom no rule keeps out, by totals computed afresh.

    A thread hashes while Postgres computes and this one waits for it; the thread asks no database.
    Source: docs/specs/draw-protocol.md 2.1 to 2.5.
    """
    with ThreadPoolExecutor(max_workers=1) as beside:
        hiding = beside.submit(hide_members, read_members(terms.campaign_id))
        aggregation.recompute(terms)
        hidden = hiding.result()
        pack = partial(pack_entrants, hidden.members)
        packed = sorted(chain.from_iterable(beside.map(pack, read_eligible(terms))))
    entries = b"".join([entrant[:RECORD_BYTES] for entrant in packed])
    return SecretList(
        hidden.pid_key, hidden.nonce_key, packed, entries, protocol.subtrees_of(entries)
    )


def read_members(campaign_id: int) -> list[str]:
    """Return the WESTER ID of everybody who entered."""
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS, [campaign_id])
        return [wester_id for (wester_id,) in cursor.fetchall()]


def hide_members(wester_ids: list[str]) -> HiddenMembers:
    """Make members nameless under two new keys.

    Source: docs/specs/draw-protocol.md 2.2: pids are unique, or another key is taken.
    """
    while True:
        pid_key, nonce_key = keys.new_key(), keys.new_key()
        hide = protocol.member_hider(pid_key, nonce_key)
        members = {wester_id: hide(wester_id.encode()) for wester_id in wester_ids}
        if len({hidden[:PID_BYTES] for hidden in members.values()}) == len(members):
            return HiddenMembers(pid_key, nonce_key, members)


def pack_entrants(members: dict[str, bytes], eligible: list[tuple[str, int, int]]) -> list[bytes]:
    """Return entrants, nameless and committed to their rewards, in no order."""
    pack, commit = NUMBERS.pack, protocol.commitment_of
    packed = []
    for wester_id, total, reward in eligible:
        hidden = members[wester_id]
        pid, nonce = hidden[:PID_BYTES], hidden[PID_BYTES:OPENING_AT]
        commitment = commit(pid, reward, hidden[OPENING_AT:])
        packed.append(pid + commitment + nonce + pack(total, reward) + wester_id.encode())
    return packed


def read_eligible(terms: Terms) -> Iterator[list[tuple[str, int, int]]]:
    """Yield WESTER ID, total and reward of everybody whom no rule keeps out, many at once."""
    eligible = Candidate.objects.exclude(any_keeps_out(terms)).order_by()
    reward = reward_expression(terms, "counting_total")
    columns = eligible.values_list("wester_id", "counting_total", reward)
    chosen, parameters = columns.query.sql_with_params()
    with connection.cursor() as cursor:
        for setting in SETTINGS:
            cursor.execute(setting)
    with connection.chunked_cursor() as cursor:
        cursor.execute(CANDIDATES + chosen, [terms.campaign_id, *parameters])
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield rows


def store_list(draw: Draw, packed: list[bytes]) -> None:
    """Store the entrants of a draw, in the order of their places."""
    with connection.cursor() as cursor, cursor.copy(STORE) as copy:
        copy.write(COPY_HEAD)
        for first in range(0, len(packed), ROWS_AT_ONCE):
            some = packed[first : first + ROWS_AT_ONCE]
            copy.write(b"".join(copy_rows(draw.pk, first, some)))
        copy.write(COPY_TAIL)


def copy_rows(draw_id: int, first: int, packed: list[bytes]) -> Iterator[bytes]:
    """Yield entrants as rows of a binary COPY; the first of them has the place ``first``."""
    pack, columns = ROW.pack, len(COLUMNS) + 1
    nonce_at, numbers_at = RECORD_BYTES, RECORD_BYTES + HASH_BYTES
    for position, entrant in enumerate(packed, first):
        total, reward = NUMBERS.unpack_from(entrant, numbers_at)
        pid, commitment = entrant[:PID_BYTES], entrant[PID_BYTES:RECORD_BYTES]
        nonce, member = entrant[nonce_at:numbers_at], entrant[MEMBER_AT:]
        head = pack(
            columns,
            8,
            draw_id,
            4,
            position,
            8,
            total,
            8,
            reward,
            PID_BYTES,
            pid,
            HASH_BYTES,
            nonce,
            HASH_BYTES,
            commitment,
            len(member),
        )
        yield head + member
