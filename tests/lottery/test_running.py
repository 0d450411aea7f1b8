"""Run a draw: the round is checked against the manifest, and a repeat gives the same bytes."""

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from core.models import AuditRecord
from lottery import chains, ordering, protocol, running
from lottery.beacon import BadRound, Round
from lottery.models import Award, Draw
from lottery.refusals import DrawEnded, NotPublishedYet, RoundNotDue, WrongRound
from lottery.running import run_draw
from tests.factories.lottery import drawn_draw, frozen_draw, published_draw, reread, run, void
from tests.lottery.recomputed import awards_of, ranks_of, recomputed, recomputed_ranks

pytestmark = pytest.mark.django_db
MANY = {f"W{number}": 5_000 + 371 * number for number in range(40)}


# Prizes of every kind: few of many, a part, what is left for all, and a pool beside them.
TIERS: list[dict[str, Any]] = [
    {"take": "winners", "take_count": 3, "kind": "fixed", "points": 9_000}
    | {"minimum_total_yen": 9_000},
    {"take": "one_in", "take_count": 4, "cap": 7_000},
    {"kind": "fixed", "points": 500},
    {"kind": "pool", "points": 40_000, "cap": 900, "beside": True},
]
SIX_LOTS = {"lots_yen": 1_000, "lots_most": 6}
EX_THRICE = {"lots_times": [{"when": ["e5489"], "times": 3}]}
PLANS: dict[str, dict[str, Any]] = {
    "everybody wins": {},
    "the budget ends, stop": {"budget_points": 100_000},
    "the budget ends, partial": {"budget_points": 100_001, "edge": "partial"},
    "a cap below the minimum": {"budget_points": 100_000, "cap": 4_000},
    "the first exceeds the budget": {"budget_points": 4_999},
    "the first gets the rest": {"budget_points": 4_999, "edge": "partial"},
    "six lots": {"budget_points": 100_000, **SIX_LOTS},
    "lots that facts multiply": {"budget_points": 100_000, **SIX_LOTS, **EX_THRICE},
    "several prizes": {"prizes": TIERS, **SIX_LOTS},
    "several prizes, the budget ends in the second": {"prizes": TIERS, "budget_points": 40_000},
    "several prizes, the pool ends partly": {
        "prizes": TIERS,
        "budget_points": 100_000,
        "edge": "partial",
    },
    "sixteen prizes": {
        "prizes": [
            {"take": "winners", "take_count": 2, "kind": "fixed", "points": 1_600 - number}
            for number in range(16)
        ]
    },
}


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_run_agrees_with_a_draw_in_python(plan: dict[str, Any]) -> None:
    draw = drawn_draw(MANY, **plan)

    assert awards_of(draw) == recomputed(draw)
    assert sum(points for *_, points in awards_of(draw)) == draw.total_points
    assert (draw.total_points or 0) + (draw.leftover_points or 0) == draw.terms.budget_points


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_ranks_of_everybody_are_those_of_their_tickets(plan: dict[str, Any]) -> None:
    draw = drawn_draw(MANY, **plan)

    assert ranks_of(draw) == recomputed_ranks(draw)


@pytest.mark.parametrize("rows", [1, 7, 39, 40])
def test_run_reads_entrants_in_batches(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    monkeypatch.setattr(ordering, "ROWS_PER_READ", rows)
    draw = drawn_draw(MANY, **PLANS["several prizes"])

    assert awards_of(draw) == recomputed(draw)


def test_run_reads_no_further_than_the_plan_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ordering, "ROWS_PER_READ", 1)
    draw = published_draw(
        MANY, prizes=[{"take": "one_in", "take_count": 20, "kind": "fixed", "points": 1}]
    )
    read: list[int] = []
    stream = ordering.read_entrants

    def counted(*given: Any) -> Iterator[ordering.PlacedEntrant]:
        for entrant in stream(*given):
            read.append(entrant.entrant_id)
            yield entrant

    monkeypatch.setattr(running, "read_entrants", counted)
    assert run(draw).winners == [2]
    assert len(read) == 2


def test_run_draws_only_from_its_own_list() -> None:
    others = [drawn_draw({f"{name}{number}": 6_000 for number in range(9)}) for name in "AB"]
    draw = published_draw(MANY, budget_points=100_000)
    frozen_draw({f"C{number}": 6_000 for number in range(9)})

    drawn = run(draw)

    assert awards_of(drawn) == recomputed(drawn)
    assert {member for _, _, member, _, _ in awards_of(drawn)} <= MANY.keys()
    assert [one.awards.count() for one in others] == [9, 9]


@pytest.mark.parametrize(
    ("members", "winners"),
    [pytest.param({}, 0, id="nobody"), pytest.param({"W1": 7_000}, 1, id="a single entrant")],
)
def test_run_of_few(members: dict[str, int], winners: int) -> None:
    draw = drawn_draw(members)

    assert (draw.entry_count, draw.lots_total, draw.winners) == (
        len(members),
        len(members),
        [winners],
    )
    assert draw.total_points == sum(members.values())


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_files_have_the_result_and_name_no_member(plan: dict[str, Any]) -> None:
    draw = drawn_draw(MANY, **plan)
    result, csv = json.loads(bytes(draw.result or b"")), bytes(draw.winners_csv or b"").decode()

    header, *rows = csv.splitlines()
    assert header == "prize,rank,pid,reward,award,lot,m,others,cumulative"
    by_pid = {bytes(one.pid).hex(): one for one in draw.entrants.all()}
    so_far, shown = 0, []
    for row in rows:
        prize, rank, pid, reward, award, lot, opening, others, cumulative = row.split(",")
        entrant = by_pid[pid]
        so_far += int(award)
        assert (int(reward), int(cumulative)) == (entrant.rewards[int(prize) - 1], so_far)
        opened = bytes.fromhex(opening)
        parts = [bytes.fromhex(other) for other in others.split(".")] if others else []
        part = protocol.reward_commitment(bytes(entrant.pid), int(prize), int(reward), opened)
        parts.insert(int(prize) - 1, part)
        assert protocol.commitment_of(
            bytes(entrant.pid), entrant.lots, entrant.mask, parts
        ) == bytes(entrant.commitment)
        shown.append((int(prize), int(rank), entrant.wester_id, int(lot), int(award)))
    assert [one for one in shown if one[-1]] == awards_of(draw)
    assert result["winners_sha256"] == hashlib.sha256(csv.encode()).hexdigest()
    assert result["manifest_sha256"] == bytes(draw.manifest_sha256).hex()
    assert (result["winners"], result["total_points"], result["leftover_points"]) == (
        draw.winners,
        draw.total_points,
        draw.leftover_points,
    )
    assert "W1" not in csv + json.dumps(result)


def test_run_again_changes_nothing() -> None:
    draw = drawn_draw(MANY)
    before = (draw.drawn_at, bytes(draw.result or b""), bytes(draw.winners_csv or b""))
    again = run(draw, at=draw.round_time + timedelta(days=1))

    assert (again.drawn_at, bytes(again.result or b""), bytes(again.winners_csv or b"")) == before
    assert AuditRecord.objects.filter(action="draw.run").count() == 1


def refused(draw: Draw, refusal: type[Exception], by: Round, **options: Any) -> None:
    """Expect a run to be refused and to leave nothing behind."""
    at = options.pop("at", draw.round_time + timedelta(minutes=1))
    with pytest.raises(refusal):
        run_draw(draw=draw, round=by, at=at, **options)
    assert reread(draw).state == draw.state
    assert not Award.objects.exists()


def local_round(draw: Draw) -> Round:
    return chains.sign_local_round(draw, at=draw.round_time)


def test_run_is_refused_before_the_round_is_due() -> None:
    draw = published_draw()

    refused(draw, RoundNotDue, local_round(draw), at=draw.round_time - timedelta(seconds=1))
    assert run(draw, at=draw.round_time).state == Draw.State.DRAWN


def test_run_is_refused_by_another_round() -> None:
    draw = published_draw()
    other = Draw(chain=draw.chain, round=draw.round + 1, round_time=draw.round_time)

    refused(draw, WrongRound, local_round(other))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"signature": "00" * 48}, id="another signature"),
        pytest.param({"randomness": "00" * 32}, id="another randomness"),
    ],
)
def test_run_is_refused_by_what_the_chain_did_not_sign(change: dict[str, str]) -> None:
    draw = published_draw()
    signed = local_round(draw)
    claimed = {"signature": signed.signature, "randomness": signed.randomness, **change}

    refused(draw, BadRound, Round(draw.round, **claimed))


def test_run_is_refused_where_nothing_was_published() -> None:
    draw = frozen_draw()

    refused(draw, NotPublishedYet, local_round(draw))
    refused(draw, NotPublishedYet, local_round(draw), to_void=True, at=draw.publish_by)


def test_draw_that_was_never_published_is_run_to_be_void() -> None:
    draw = run(frozen_draw(), to_void=True)

    assert (draw.state, draw.published_at) == (Draw.State.DRAWN, None)
    assert draw.awards.count() == 3


def test_run_of_a_void_draw_is_refused() -> None:
    draw = void(published_draw())

    refused(draw, DrawEnded, local_round(draw))
