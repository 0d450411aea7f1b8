"""The list of entrants that a freeze fixes: read, pseudonymized and stored, all in bulk.

An entrant is a member in the draw: they take part, and no rule of a member keeps them out. The keys
never reach the database unencrypted.
"""

import hashlib
import struct
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

from django.db import connection
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _
from psycopg import sql

from campaign import aggregation
from campaign.models import Terms
from campaign.plan import Plan, Pool
from campaign.reward_columns import lots_column, reward_columns
from campaign.rewards import shares_of
from core.sql_files import compose_sql, name_values
from entries.participation import compose_participants
from entries.rules import any_keeps_out
from lottery import keys, protocol
from lottery.documents import FrozenList
from lottery.models import Candidate, Draw
from lottery.protocol import (
    COMMITMENT_AT,
    HASH_BYTES,
    MAX_ENTRANTS,
    MAX_LOTS_TOTAL,
    NUMBERS,
    PID_BYTES,
    RECORD_BYTES,
)
from lottery.refusals import ListTooLarge

# Two hash joins over all members; and all rows are read, not only the first ones.
SETTINGS = ("SET LOCAL work_mem = '128MB'", "SET LOCAL cursor_tuple_fraction = 1")
COLUMNS = 11  # of the COPY below and of Layout.row
STORE = """
COPY lottery_entrant (
    draw_id, position, total_yen, facts, lots, mask, rewards, pid, nonces, commitment, wester_id
)
FROM STDIN (FORMAT binary)"""
COPY_HEAD = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
COPY_TAIL = b"\xff\xff"
INT8 = 20  # the type's number in PostgreSQL
TOTAL_AND_FACTS = struct.Struct(">qh")
ROWS_PER_BATCH = 10_000


class Layout:
    """The bytes of packed entrants, of which a million stay in memory, under a plan.

    Record of entries.bin, nonces, total, facts, rewards, WESTER ID. ``row`` is a row of a binary
    COPY: the number of columns, then each column's length and value; of an array also its
    dimensions and type.
    """

    def __init__(self, prizes: int) -> None:
        self.prizes = prizes
        self.nonce_bytes = HASH_BYTES * prizes
        self.opening_at = PID_BYTES + self.nonce_bytes  # of hidden members: pid, nonces, openings
        self.numbers = struct.Struct(">qh" + "iq" * prizes)  # each reward as in an array
        self.reward_bytes = 12 * prizes
        self.numbers_at = RECORD_BYTES + self.nonce_bytes
        self.rewards_at = self.numbers_at + TOTAL_AND_FACTS.size
        self.member_at = self.numbers_at + self.numbers.size
        self.row = struct.Struct(
            f">h iq ii iq ih ii ii i5i{self.reward_bytes}s"
            f" i{PID_BYTES}s i{self.nonce_bytes}s i{HASH_BYTES}s i"
        )


@dataclass(frozen=True)
class HiddenMembers:
    """pid, nonces and openings by WESTER ID, with the keys that they were made with."""

    pid_key: bytes
    nonce_key: bytes
    members: dict[str, bytes]


@dataclass(frozen=True)
class SecretList:
    """The packed entrants sorted by pid, with the keys that pids were made with."""

    pid_key: bytes
    nonce_key: bytes
    layout: Layout
    packed: list[bytes]
    entries: bytes  # entries.bin
    subtrees: list[bytes]

    def describe(self) -> FrozenList:
        """Return the manifest's fields about the list."""
        alike = Counter([entrant[PID_BYTES:COMMITMENT_AT] for entrant in self.packed])
        counted = [(*NUMBERS.unpack(numbers), count) for numbers, count in alike.items()]
        return FrozenList(
            entry_count=len(self.packed),
            lots_total=sum(lots * count for lots, _mask, count in counted),
            eligible=[
                sum(count for _lots, mask, count in counted if mask >> place & 1)
                for place in range(self.layout.prizes)
            ],
            entries_sha256=hashlib.sha256(self.entries).hexdigest(),
            merkle_root=protocol.root_of(self.subtrees).hex(),
            pid_key_sha256=hashlib.sha256(self.pid_key).hexdigest(),
        )


def make_entrant_list(terms: Terms) -> SecretList:
    """Recompute the totals and list all members whom no rule keeps out.

    A second thread hashes while Postgres computes; it uses no database connection. Where nobody has
    to enter, it starts once the totals say who takes part.
    Source: docs/specs/draw-protocol.md 2.1 to 2.5.

    Raises:
        ListTooLarge: there are more entrants, or more lots, than the protocol allows.
    """
    layout = Layout(len(terms.plan.prizes))
    with ThreadPoolExecutor(max_workers=1) as beside:
        if not terms.entry_needed:
            aggregation.recompute_totals(terms)
        hiding = beside.submit(hide_members, read_participants(terms), layout.prizes)
        if terms.entry_needed:
            aggregation.recompute_totals(terms)
        hidden = hiding.result()
        pack = partial(pack_entrants, hidden.members, layout)
        packed = sorted(chain.from_iterable(beside.map(pack, read_eligible_members(terms))))
    entries = b"".join([entrant[:RECORD_BYTES] for entrant in packed])
    found = SecretList(
        hidden.pid_key, hidden.nonce_key, layout, packed, entries, protocol.subtrees_of(entries)
    )
    refuse_beyond_limits(found.describe())
    return found


def refuse_beyond_limits(described: FrozenList) -> None:
    """Refuse a list that is larger than the protocol allows.

    Raises:
        ListTooLarge: there are more entrants, or more lots.
    """
    if described.entry_count > MAX_ENTRANTS or described.lots_total > MAX_LOTS_TOTAL:
        raise ListTooLarge(
            _(
                "A draw has at most %(entrants)s entrants and %(lots)s lots. Here are more: raise "
                "the minimum or the yen for a lot, or divide the campaign."
            )
            % {"entrants": f"{MAX_ENTRANTS:,}", "lots": f"{MAX_LOTS_TOTAL:,}"}
        )


def read_participants(terms: Terms) -> list[str]:
    """Return the WESTER IDs of all members who take part, whatever keeps them out later."""
    participants, values = compose_participants(terms)
    query = sql.SQL("SELECT wester_id FROM ({}) participant").format(participants)
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [wester_id for (wester_id,) in cursor.fetchall()]


def hide_members(wester_ids: list[str], prizes: int) -> HiddenMembers:
    """Make pseudonyms for members under two new keys, and what hides their rewards.

    Source: docs/specs/draw-protocol.md 2.2: where two pids are equal, new keys are made.
    """
    while True:
        pid_key, nonce_key = keys.new_key(), keys.new_key()
        make_pid = protocol.pid_maker(pid_key)
        hide = protocol.member_hider(nonce_key, prizes)
        members, pids = {}, set()
        for wester_id in wester_ids:
            member = wester_id.encode()
            pid = make_pid(member)
            nonces, openings = hide(pid, member)
            members[wester_id] = pid + nonces + openings
            pids.add(pid)
        if len(pids) == len(members):
            return HiddenMembers(pid_key, nonce_key, members)


def pack_entrants(
    members: dict[str, bytes], layout: Layout, eligible: list[tuple[Any, ...]]
) -> list[bytes]:
    """Return packed entrants with the commitments to their rewards, unsorted.

    Their hidden members are taken out of ``members``, so that memory holds each only once.
    """
    pack, seal, opening_at = layout.numbers.pack, protocol.seal_record, layout.opening_at
    packed = []
    for wester_id, total, facts, lots, *rewards in eligible:
        hidden = members.pop(wester_id)
        record = seal(hidden[:PID_BYTES], lots, rewards, hidden[opening_at:])
        sized = [part for reward in rewards for part in (8, reward)]
        numbers = pack(total, facts, *sized)
        packed.append(record + hidden[PID_BYTES:opening_at] + numbers + wester_id.encode())
    return packed


def compose_candidates(
    terms: Terms, candidates: QuerySet[Any, Any]
) -> tuple[sql.Composed, dict[str, Any]]:
    """Return a query on Candidate as a statement that defines its rows, with values."""
    query, values = name_values(*candidates.query.sql_with_params(), prefix="query")
    participants, who = compose_participants(terms)
    statement = compose_sql("lottery", "candidates", query=query, participants=participants)
    return statement, {"campaign": terms.campaign_id, **values, **who}


def read_eligible_members(terms: Terms) -> Iterator[list[tuple[Any, ...]]]:
    """Yield members whom no rule keeps out, in batches.

    Each has WESTER ID, total, bits of facts, lots, and the reward in each prize.
    """
    with connection.cursor() as cursor:
        for setting in SETTINGS:
            cursor.execute(setting)
    columns = eligible_members(terms).values_list(
        "wester_id", "counting_total", "facts", *planned_columns(terms)
    )
    with connection.chunked_cursor() as cursor:
        cursor.execute(*compose_candidates(terms, columns))
        while rows := cursor.fetchmany(ROWS_PER_BATCH):
            yield rows


def eligible_members(terms: Terms) -> QuerySet[Candidate]:
    """Return the candidates whom no rule keeps out."""
    return Candidate.objects.exclude(any_keeps_out(terms)).order_by()


def planned_columns(terms: Terms) -> list[Any]:
    """Return columns of candidates: lots, and the reward in each prize."""
    plan, total = terms.plan, "counting_total"
    shares = shares_of(plan, read_lots_total(terms)) if has_pool(plan) else {}
    rewards = reward_columns(plan, total=total, facts="facts", shares=shares)
    return [lots_column(plan, total=total), *rewards]


def has_pool(plan: Plan) -> bool:
    """Return whether a prize is shared by lots."""
    return any(isinstance(prize.reward, Pool) for prize in plan.prizes)


def read_lots_total(terms: Terms) -> int:
    """Return how many lots all members have whom no rule keeps out."""
    lots = lots_column(terms.plan, total="counting_total")
    summed = eligible_members(terms).values("has_left").annotate(lots=Sum(lots)).values("lots")
    with connection.cursor() as cursor:
        cursor.execute(*compose_candidates(terms, summed))
        return sum(lots for (lots,) in cursor.fetchall())


def store_entrants(draw: Draw, layout: Layout, packed: Sequence[bytes]) -> None:
    """Store the entrants of a draw in the order of their positions."""
    with connection.cursor() as cursor, cursor.copy(STORE) as copy:
        copy.write(COPY_HEAD)
        for first in range(0, len(packed), ROWS_PER_BATCH):
            batch = packed[first : first + ROWS_PER_BATCH]
            copy.write(b"".join(encode_rows(draw.pk, layout, first, batch)))
        copy.write(COPY_TAIL)


def encode_rows(
    draw_id: int, layout: Layout, first: int, packed: Sequence[bytes]
) -> Iterator[bytes]:
    """Yield entrants as rows of a binary COPY, from position ``first`` on."""
    pack, numbers_at = layout.row.pack, layout.numbers_at
    rewards_at, member_at = layout.rewards_at, layout.member_at
    array_bytes = 20 + layout.reward_bytes
    for position, entrant in enumerate(packed, first):
        lots, mask = NUMBERS.unpack_from(entrant, PID_BYTES)
        total, facts = TOTAL_AND_FACTS.unpack_from(entrant, numbers_at)
        member = entrant[member_at:]
        head = pack(
            COLUMNS,
            8,
            draw_id,
            4,
            position,
            8,
            total,
            2,
            facts,
            4,
            lots,
            4,
            mask,
            array_bytes,
            1,  # dimension
            0,  # without nulls
            INT8,
            layout.prizes,
            1,  # the first place
            entrant[rewards_at:member_at],
            PID_BYTES,
            entrant[:PID_BYTES],
            layout.nonce_bytes,
            entrant[RECORD_BYTES:numbers_at],
            HASH_BYTES,
            entrant[COMMITMENT_AT:RECORD_BYTES],
            len(member),
        )
        yield head + member
