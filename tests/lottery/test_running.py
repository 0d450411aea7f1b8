"""Run a draw: the round is checked against the manifest, and a repeat gives the same bytes."""

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest

from core.models import AuditRecord
from lottery import chains, protocol
from lottery.beacon import BadRound, Round
from lottery.models import Award, Draw
from lottery.refusals import DrawEnded, NotPublishedYet, RoundNotDue, WrongRound
from lottery.running import run_draw
from lottery.selection import cut_at_budget, order_pids
from tests.factories.lottery import drawn_draw, frozen_draw, published_draw, reread, run, void

pytestmark = pytest.mark.django_db
MANY = {f"W{number}": 5_000 + 371 * number for number in range(40)}


def awards_of(draw: Draw) -> list[tuple[int, str, int]]:
    """Return rank, member and points of every award."""
    rows = draw.awards.order_by("rank").values_list("rank", "entrant__wester_id", "points")
    return list(rows)


def recomputed(draw: Draw) -> list[tuple[int, str, int]]:
    """Return the awards as computed in Python from the published seed and the list."""
    result = json.loads(bytes(draw.result or b""))
    entrants = {bytes(one.pid): one for one in draw.entrants.all()}
    ordered = [entrants[pid] for pid in order_pids(bytes.fromhex(result["seed"]), entrants)]
    terms = draw.terms
    cut = cut_at_budget(
        [one.reward_points for one in ordered], budget=terms.budget_points, policy=terms.policy
    )
    points = [one.reward_points for one in ordered[: cut.winners]] + [cut.partial_points]
    return [
        (rank, one.wester_id, given)
        for rank, (one, given) in enumerate(zip(ordered, points, strict=False), 1)
        if given
    ]


@pytest.mark.parametrize(
    "terms",
    [
        pytest.param({}, id="everybody wins"),
        pytest.param({"budget_points": 100_000}, id="the budget ends, stop"),
        pytest.param(
            {"budget_points": 100_001, "policy": "partial"}, id="the budget ends, partial"
        ),
        pytest.param(
            {"budget_points": 100_000, "reward_cap_points": 4_000}, id="a cap below the minimum"
        ),
        pytest.param({"budget_points": 4_999}, id="the first exceeds the budget"),
        pytest.param({"budget_points": 4_999, "policy": "partial"}, id="the first gets the rest"),
    ],
)
def test_run_agrees_with_a_draw_in_python(terms: dict[str, Any]) -> None:
    draw = drawn_draw(MANY, **terms)

    assert awards_of(draw) == recomputed(draw)
    assert sum(points for _rank, _member, points in awards_of(draw)) == draw.total_points
    assert (draw.total_points or 0) + (draw.leftover_points or 0) == draw.terms.budget_points


def test_run_draws_only_from_its_own_list() -> None:
    others = [drawn_draw({f"{name}{number}": 6_000 for number in range(9)}) for name in "AB"]
    draw = published_draw(MANY, budget_points=100_000)
    frozen_draw({f"C{number}": 6_000 for number in range(9)})

    drawn = run(draw)

    assert awards_of(drawn) == recomputed(drawn)
    assert {member for _rank, member, _points in awards_of(drawn)} <= MANY.keys()
    assert [one.awards.count() for one in others] == [9, 9]


@pytest.mark.parametrize(
    ("members", "winners"),
    [pytest.param({}, 0, id="nobody"), pytest.param({"W1": 7_000}, 1, id="a single entrant")],
)
def test_run_of_few(members: dict[str, int], winners: int) -> None:
    draw = drawn_draw(members)

    assert (draw.entry_count, draw.winners) == (len(members), winners)
    assert draw.total_points == sum(members.values())


@pytest.mark.parametrize(("policy", "total"), [("stop", None), ("partial", 100_001)])
def test_files_have_the_result_and_name_no_member(policy: str, total: int | None) -> None:
    draw = drawn_draw(MANY, budget_points=100_001, policy=policy)
    result, csv = json.loads(bytes(draw.result or b"")), bytes(draw.winners_csv or b"").decode()

    rows = csv.splitlines()
    assert rows[0] == "rank,pid,reward,m,cumulative"
    assert len(rows) - 1 == (draw.winners or 0) + 1
    by_pid = {bytes(one.pid).hex(): one for one in draw.entrants.all()}
    cumulative = 0
    for place, row in enumerate(rows[1:], 1):
        rank, pid, reward, opening, so_far = row.split(",")
        entrant = by_pid[pid]
        cumulative += entrant.reward_points
        assert (int(rank), int(reward), int(so_far)) == (place, entrant.reward_points, cumulative)
        member = entrant.wester_id.encode()
        assert opening == protocol.opening_of(bytes(entrant.nonce), member).hex()
        commitment = protocol.commitment_of(bytes(entrant.pid), int(reward), bytes.fromhex(opening))
        assert commitment == bytes(entrant.commitment)
    assert result["winners_sha256"] == hashlib.sha256(csv.encode()).hexdigest()
    assert result["manifest_sha256"] == bytes(draw.manifest_sha256).hex()
    assert cumulative > 100_001 >= cumulative - entrant.reward_points
    assert (result["winners"], result["total_points"], result["leftover_points"]) == (
        draw.winners,
        total or cumulative - entrant.reward_points,
        100_001 - (draw.total_points or 0),
    )
    assert "W1" not in csv + json.dumps(result)


def test_tickets_of_sql_and_python_are_equal() -> None:
    draw = drawn_draw(MANY)
    seed = bytes.fromhex(json.loads(bytes(draw.result or b""))["seed"])
    ordered = [
        bytes(pid) for pid in draw.awards.order_by("rank").values_list("entrant__pid", flat=True)
    ]

    assert len(ordered) == len(MANY)
    assert ordered == order_pids(seed, ordered)


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
