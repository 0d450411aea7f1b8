"""The list of entrants that a freeze fixes: read, pseudonymized and stored, all in bulk.

An entrant is a member in the draw: they entered, and no rule of a member keeps them out. The keys
never reach the database unencrypted.
"""

import hashlib
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from psycopg import sql

from campaign import aggregation
from campaign.models import Terms
from campaign.rewards import reward_expression
from core.sql_files import compose_sql, name_values
from entries.rules import any_keeps_out
from lottery import keys, protocol
from lottery.documents import FrozenList
from lottery.models import Candidate, Draw
from lottery.protocol import HASH_BYTES, PID_BYTES, RECORD_BYTES

# Uses index entry_one_per_member.
ENTERED = "SELECT wester_id FROM entries_entry WHERE campaign_id = %s"
# Two hash joins over all members; and all rows are read, not only the first ones.
SETTINGS = ("SET LOCAL work_mem = '128MB'", "SET LOCAL cursor_tuple_fraction = 1")
COLUMNS = 8  # of the COPY below and of ROW
STORE = """
COPY lottery_entrant
    (draw_id, position, total_yen, reward_points, pid, nonce, commitment, wester_id)
FROM STDIN (FORMAT binary)"""
# A row of a binary COPY: the number of columns, then each column's length and value.
ROW = struct.Struct(f">h iq ii iq iq i{PID_BYTES}s i{HASH_BYTES}s i{HASH_BYTES}s i")
COPY_HEAD = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
COPY_TAIL = b"\xff\xff"
ROWS_PER_BATCH = 10_000
# A packed entrant, of which a million stay in memory: pid, commitment, nonce, total and reward,
# WESTER ID.
MEMBER_AT = RECORD_BYTES + HASH_BYTES + 16
NUMBERS = struct.Struct(">QQ")
OPENING_AT = PID_BYTES + HASH_BYTES  # where m begins, after pid and nonce


@dataclass(frozen=True)
class HiddenMembers:
    """pid, nonce and m by WESTER ID, with the keys that they were made with."""

    pid_key: bytes
    nonce_key: bytes
    members: dict[str, bytes]


@dataclass(frozen=True)
class SecretList:
    """The packed entrants sorted by pid, with the keys that pids were made with."""

    pid_key: bytes
    nonce_key: bytes
    packed: list[bytes]
    entries: bytes  # entries.bin
    subtrees: list[bytes]

    def describe(self) -> FrozenList:
        """Return the manifest's fields about the list."""
        return FrozenList(
            entry_count=len(self.packed),
            entries_sha256=hashlib.sha256(self.entries).hexdigest(),
            merkle_root=protocol.root_of(self.subtrees).hex(),
            pid_key_sha256=hashlib.sha256(self.pid_key).hexdigest(),
        )


def make_entrant_list(terms: Terms) -> SecretList:
    """Recompute the totals and list all members whom no rule keeps out.

    A second thread hashes while Postgres computes; it uses no database connection.
    Source: docs/specs/draw-protocol.md 2.1 to 2.5.
    """
    with ThreadPoolExecutor(max_workers=1) as beside:
        hiding = beside.submit(hide_members, read_entered_members(terms.campaign_id))
        aggregation.recompute(terms)
        hidden = hiding.result()
        pack = partial(pack_entrants, hidden.members)
        packed = sorted(chain.from_iterable(beside.map(pack, read_eligible_members(terms))))
    entries = b"".join([entrant[:RECORD_BYTES] for entrant in packed])
    return SecretList(
        hidden.pid_key, hidden.nonce_key, packed, entries, protocol.subtrees_of(entries)
    )


def read_entered_members(campaign_id: int) -> list[str]:
    """Return the WESTER IDs of all members who entered."""
    with connection.cursor() as cursor:
        cursor.execute(ENTERED, [campaign_id])
        return [wester_id for (wester_id,) in cursor.fetchall()]


def hide_members(wester_ids: list[str]) -> HiddenMembers:
    """Make pseudonyms for members under two new keys.

    Source: docs/specs/draw-protocol.md 2.2: where two pids are equal, new keys are made.
    """
    while True:
        pid_key, nonce_key = keys.new_key(), keys.new_key()
        hide = protocol.member_hider(pid_key, nonce_key)
        members = {wester_id: hide(wester_id.encode()) for wester_id in wester_ids}
        if len({hidden[:PID_BYTES] for hidden in members.values()}) == len(members):
            return HiddenMembers(pid_key, nonce_key, members)


def pack_entrants(members: dict[str, bytes], eligible: list[tuple[str, int, int]]) -> list[bytes]:
    """Return packed entrants with the commitments to their rewards, unsorted."""
    pack, commit = NUMBERS.pack, protocol.commitment_of
    packed = []
    for wester_id, total, reward in eligible:
        hidden = members[wester_id]
        pid, nonce = hidden[:PID_BYTES], hidden[PID_BYTES:OPENING_AT]
        commitment = commit(pid, reward, hidden[OPENING_AT:])
        packed.append(pid + commitment + nonce + pack(total, reward) + wester_id.encode())
    return packed


def compose_candidates(
    terms: Terms, candidates: QuerySet[Any, Any]
) -> tuple[sql.Composed, dict[str, Any]]:
    """Return a query on Candidate as a statement that defines its rows, with values."""
    query, values = name_values(*candidates.query.sql_with_params(), prefix="query")
    statement = compose_sql("lottery", "candidates", query=query)
    return statement, {"campaign": terms.campaign_id, **values}


def read_eligible_members(terms: Terms) -> Iterator[list[tuple[str, int, int]]]:
    """Yield WESTER ID, total and reward of members whom no rule keeps out, in batches."""
    eligible = Candidate.objects.exclude(any_keeps_out(terms)).order_by()
    reward = reward_expression(terms, "counting_total")
    columns = eligible.values_list("wester_id", "counting_total", reward)
    with connection.cursor() as cursor:
        for setting in SETTINGS:
            cursor.execute(setting)
    with connection.chunked_cursor() as cursor:
        cursor.execute(*compose_candidates(terms, columns))
        while rows := cursor.fetchmany(ROWS_PER_BATCH):
            yield rows


def store_entrants(draw: Draw, packed: list[bytes]) -> None:
    """Store the entrants of a draw in the order of their positions."""
    with connection.cursor() as cursor, cursor.copy(STORE) as copy:
        copy.write(COPY_HEAD)
        for first in range(0, len(packed), ROWS_PER_BATCH):
            batch = packed[first : first + ROWS_PER_BATCH]
            copy.write(b"".join(encode_rows(draw.pk, first, batch)))
        copy.write(COPY_TAIL)


def encode_rows(draw_id: int, first: int, packed: list[bytes]) -> Iterator[bytes]:
    """Yield entrants as rows of a binary COPY, from position ``first`` on."""
    pack = ROW.pack
    nonce_at, numbers_at = RECORD_BYTES, RECORD_BYTES + HASH_BYTES
    for position, entrant in enumerate(packed, first):
        total, reward = NUMBERS.unpack_from(entrant, numbers_at)
        pid, commitment = entrant[:PID_BYTES], entrant[PID_BYTES:RECORD_BYTES]
        nonce, member = entrant[nonce_at:numbers_at], entrant[MEMBER_AT:]
        head = pack(
            COLUMNS,
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
