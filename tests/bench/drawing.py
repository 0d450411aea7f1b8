"""How fast a draw is frozen, run, ordered and verified.

Each is compared with only hashing and sorting, the least that a draw needs, and with the seconds
that are required for a million entrants.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from consistent_sampler import sampler
from django.db import transaction

from campaign.models import Campaign
from campaign.plan import Lots, Plan, Prize, Spent, Take
from lottery import bundle, protocol
from lottery.chains import sign_local_round
from lottery.freezing import freeze_draw
from lottery.models import Draw
from lottery.running import run_draw
from lottery.selection import order_entrants, select_awards
from tests.bench.loading import execute, settle
from tests.bench.registry import ROUNDS, Result, benchmark, compare, timed
from tests.database import tables_may_be_emptied
from tests.factories.campaign import FIRST_TERMS, CampaignFactory
from tests.factories.lottery import FREEZES, ROUND, publish, reread, run
from tests.lottery import verifying

ENTRANTS = 1_000_000
FREEZE_S, RUN_S, VERIFY_S = 20.0, 3.0, 6.0  # required for a million entrants on two cores
CAP = 20_000
FIRST_PLAN = Plan(
    5_000,
    Lots(),
    (Prize(1, "1", Take("all"), Spent(100, CAP)),),
    FIRST_TERMS["budget_points"],
    "stop",
)
SIX_LOTS: dict[str, Any] = {"lots_yen": 4_000, "lots_most": 6}
# Few winners of many prizes, then one in a hundred, from minima of their own.
SIXTEEN_PRIZES: dict[str, Any] = {
    "prizes": [
        {"take": "winners", "take_count": 500, "kind": "fixed", "points": 3_200 - 100 * number}
        | {"minimum_total_yen": 20_000 - 1_000 * number}
        for number in range(15)
    ]
    + [{"take": "one_in", "take_count": 100, "percent": 10, "cap": 1_000}]
}
HASHING = "only hashing and sorting"

# Everybody enters and rides once, for 5,000 yen and more: everybody is an entrant.
ENTERED = """
INSERT INTO entries_entry (campaign_id, wester_id, channel, entered_at)
SELECT {campaign}, 'W' || lpad(n::text, 7, '0'), 'web', timestamptz '2024-12-11 00:00+09'
FROM generate_series(1, {entrants}) n"""
RODE = """
INSERT INTO bookings_booking (
    booking_service, reservation_no, item_no, wester_id, booked_at, travel_date, journey,
    sales_channel, product_kind, payment_method, amount_yen, operators, sections, cancelled,
    refunded, stopover, used, changed_by_phone, purchase_known, latest_occurred_at, latest_event_id
)
SELECT 'e5489', 'R' || n, 1, 'W' || lpad(n::text, 7, '0'), timestamptz '2024-12-12 00:00+09',
    date '2024-12-30', '東海道・山陽・九州新幹線:東京>新神戸', 'web', 'standard', 'registered_card',
    5000 + n % 20000, ARRAY['JR Central', 'JR West'],
    ARRAY['JR Central:東海道・山陽・九州新幹線', 'JR West:東海道・山陽・九州新幹線'],
    false, false, false, true, false, true,
    timestamptz '2024-12-30 00:00+09', 'E' || n
FROM generate_series(1, {entrants}) n"""
EMPTY = (
    "TRUNCATE lottery_award, lottery_entrant, lottery_draw CASCADE",
    "TRUNCATE entries_entry, bookings_booking, campaign_total CASCADE",
)


@benchmark
def draw_freeze(scale: float) -> list[Result]:
    """Freeze the list: totals, pseudonyms, commitments, tree, rows stored."""
    entrants = int(ENTRANTS * scale)
    rounds: list[tuple[float, float]] = []
    with entered(entrants) as campaign:
        for _ in range(ROUNDS):
            bare = timed(lambda: hash_list(entrants))
            settle()
            rounds.append((timed(lambda: freeze(campaign)), bare))
            if Draw.objects.get().entry_count != entrants:
                raise AssertionError("somebody was left out")
            empty("TRUNCATE lottery_award, lottery_entrant, lottery_draw CASCADE")
    return results("draw_freeze", rounds, asked=6.0, asked_s=FREEZE_S * scale)


@benchmark
def draw_run(scale: float) -> list[Result]:
    """Run a published draw: order, cut, awards, files."""
    entrants = int(ENTRANTS * scale)
    rounds: list[tuple[float, float]] = []
    with entered(entrants) as campaign:
        draw = publish(freeze(campaign))
        pids = [bytes(pid) for pid in draw.entrants.values_list("pid", flat=True)]
        one_lot = [(pid, 1) for pid in pids]
        for _ in range(ROUNDS):
            bare = timed(lambda: order_entrants(bytes(32), one_lot))
            settle()
            rounds.append((timed(lambda: run_and_forget(draw)), bare))
    return results("draw_run", rounds, asked=3.0, asked_s=RUN_S * scale)


@benchmark
def draw_order(scale: float) -> list[Result]:
    """Order all entries and cut them; consistent-sampler orders as many ids, once: it is slow."""
    entrants = int(ENTRANTS * scale)
    pids = [os.urandom(protocol.PID_BYTES) for _ in range(entrants)]
    rewards = {pid: 5_000 + pid[0] * 50 for pid in pids}
    names = [pid.hex() for pid in pids]
    theirs = timed(lambda: list(sampler(names, seed=0, output="id")))
    seeds = [bytes([number] * 32) for number in range(ROUNDS)]
    rounds = [(timed(partial(order_and_cut, seed, pids, rewards)), theirs) for seed in seeds]
    return [compare("draw_order", rounds, baseline="consistent-sampler, once", asked=0.1)]


@benchmark
def draw_verify(scale: float) -> list[Result]:
    """Verify the whole bundle of a draw as outsiders do, beside the beacon's signature."""
    entrants = int(ENTRANTS * scale)
    rounds: list[tuple[float, float]] = []
    with entered(entrants) as campaign, TemporaryDirectory() as folder:
        draw = run(publish(freeze(campaign)))
        bundle.write_bundle(draw, Path(folder))
        accept(Path(folder))  # from here on the signature is remembered
        pids = [bytes(pid) for pid in draw.entrants.values_list("pid", flat=True)]
        for _ in range(ROUNDS):
            bare = timed(lambda: hash_all(pids))
            rounds.append((timed(lambda: accept(Path(folder))), bare))
    return results("draw_verify", rounds, asked=3.0, asked_s=VERIFY_S * scale)


@benchmark
def draw_lots(scale: float) -> list[Result]:
    """Freeze, run and verify a draw of six lots, beside the same draw of one lot each."""
    return against_the_first_plan("draw_lots", scale, SIX_LOTS, asked=3.0)


@benchmark
def draw_prizes(scale: float) -> list[Result]:
    """Freeze, run and verify a draw of sixteen prizes, beside the same draw of one prize."""
    return against_the_first_plan("draw_prizes", scale, SIXTEEN_PRIZES, asked=6.0)


def against_the_first_plan(
    name: str, scale: float, terms: dict[str, Any], *, asked: float
) -> list[Result]:
    """Return three lines: freeze, run and verification of a plan, beside the first campaign's."""
    entrants = int(ENTRANTS * scale)
    bare, taken = (seconds_of_draw(entrants, **plan) for plan in ({}, terms))
    return [
        compare(f"{name}_{step}", [(mine, first)], baseline="one lot, one prize", asked=asked)
        for step, mine, first in zip(("freeze", "run", "verify"), taken, bare, strict=True)
    ]


def seconds_of_draw(entrants: int, **terms: Any) -> tuple[float, float, float]:
    """Return the seconds of freeze, run and verification, once each."""
    with entered(entrants, **terms) as campaign, TemporaryDirectory() as folder:
        settle()
        freezing = timed(lambda: freeze(campaign))
        draw = publish(reread(Draw.objects.get()))
        settle()
        running = timed(lambda: run(draw))
        bundle.write_bundle(reread(draw), Path(folder))
        accept(Path(folder))  # from here on the signature is remembered
        verifying_it = timed(lambda: accept(Path(folder)))
    return freezing, running, verifying_it


def results(
    name: str, rounds: list[tuple[float, float]], *, asked: float, asked_s: float
) -> list[Result]:
    """Return two lines: the ratio to only hashing and sorting, and to the required seconds."""
    against = compare(name, rounds, baseline=HASHING, asked=asked)
    return [against, Result(f"{name}_seconds", against.seconds, "as asked", asked_s, 1.0)]


@contextmanager
def entered(entrants: int, **terms: Any) -> Iterator[Campaign]:
    """Provide a closed campaign with so many entrants, and empty the tables again."""
    campaign = CampaignFactory.create(
        published=True, **{f"first__{name}": value for name, value in terms.items()}
    )
    execute(
        ENTERED.format(campaign=campaign.pk, entrants=entrants),
        RODE.format(entrants=entrants),
        "VACUUM ANALYZE entries_entry",
        "VACUUM ANALYZE bookings_booking",
    )
    try:
        yield campaign
    finally:
        empty(*EMPTY)


def empty(*statements: str) -> None:
    """Empty tables that refuse it."""
    with tables_may_be_emptied():
        execute(*statements)


def freeze(campaign: Campaign) -> Draw:
    """Freeze the list for a round of the local chain."""
    draw = freeze_draw(campaign=campaign, round_time=ROUND, chain="local", at=FREEZES)
    return reread(draw)


def run_and_forget(draw: Draw) -> None:
    """Run a draw, and take it back: it can be run once."""
    with transaction.atomic():
        run_draw(draw=draw, round=sign_local_round(draw, at=ROUND), at=ROUND)
        transaction.set_rollback(True)


def hash_list(entrants: int) -> None:
    """Do what no freeze can leave out: hash each entrant's pid, nonce, m, c, sort, and the tree."""
    make_pid, hide = protocol.pid_maker(b"K" * 32), protocol.member_hider(b"N" * 32, 1)
    records = []
    for number in range(entrants):
        member = b"W%07d" % number
        pid = make_pid(member)
        records.append(protocol.seal_record(pid, 1, (20_000,), hide(pid, member)[1]))
    records.sort()
    protocol.root_of(protocol.subtrees_of(b"".join(records)))


def hash_all(pids: list[bytes]) -> None:
    """Do what no verifier can leave out: hash the list, its tree and the tickets, and sort."""
    entries = b"".join(pid + bytes(36) for pid in pids)
    sha256(entries).digest()
    protocol.root_of(protocol.subtrees_of(entries))
    order_entrants(bytes(32), [(pid, 1) for pid in pids])


def order_and_cut(seed: bytes, pids: list[bytes], rewards: dict[bytes, int]) -> None:
    """Order entries by a seed, and cut them at the first campaign's budget."""
    order = order_entrants(seed, [(pid, 1) for pid in pids])
    select_awards(FIRST_PLAN, [(rewards[place.pid],) for place in order])


def accept(folder: Path) -> None:
    """Verify a bundle that must hold."""
    if verifying.verify(folder).status != 0:
        raise AssertionError("the verifier refuses the bundle")
