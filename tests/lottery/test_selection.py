"""Order and selection: plans worked by hand, and generated ones against the text's own steps."""

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.plan import Edge, Fixed, Lots, Plan, Prize, Spent, Take
from lottery.selection import Line, Selection, max_winners, order_entrants, select_awards

ALL = Take("all")
ANYTHING = Spent(percent=100, cap=10**6)  # the rewards of an entrant are given to the selection
Rewards = list[tuple[int, ...]]


def winners(count: int) -> Take:
    return Take("winners", count)


def one_in(count: int) -> Take:
    return Take("one_in", count)


def plan_of(*takes: Take, budget: int = 10**6, edge: Edge = "stop", beside: int = 0) -> Plan:
    """Return a plan of these prizes; ``beside`` is the number of the one won in addition."""
    prizes = tuple(
        Prize(number, str(number), take, ANYTHING, beside=number == beside)
        for number, take in enumerate(takes, 1)
    )
    return Plan(1, Lots(), prizes, budget, edge)


# Prize, rank, reward, award, cumulative of each line; then winners, and what is left over.
WORKED: dict[str, tuple[Plan, Rewards, list[tuple[int, ...]], tuple[int, ...], int]] = {
    "nobody": (plan_of(ALL, winners(3), one_in(2), budget=10), [], [], (0, 0, 0), 10),
    "all of one prize": (
        plan_of(ALL, budget=10),
        [(4,), (5,)],
        [(1, 1, 4, 4, 4), (1, 2, 5, 5, 9)],
        (2,),
        1,
    ),
    "the last reward fits exactly": (
        plan_of(ALL, budget=9),
        [(4,), (5,)],
        [(1, 1, 4, 4, 4), (1, 2, 5, 5, 9)],
        (2,),
        0,
    ),
    "none is skipped for a smaller one": (
        plan_of(ALL, budget=8),
        [(4,), (5,), (1,)],
        [(1, 1, 4, 4, 4), (1, 2, 5, 0, 4)],
        (1,),
        4,
    ),
    "the next gets what is left": (
        plan_of(ALL, budget=8, edge="partial"),
        [(4,), (5,), (1,)],
        [(1, 1, 4, 4, 4), (1, 2, 5, 4, 8)],
        (1,),
        0,
    ),
    "nothing is left for the next": (
        plan_of(ALL, budget=4, edge="partial"),
        [(4,), (5,), (1,)],
        [(1, 1, 4, 4, 4), (1, 2, 5, 0, 4)],
        (1,),
        0,
    ),
    "the first is larger than the budget": (
        plan_of(ALL, budget=3),
        [(4,), (1,)],
        [(1, 1, 4, 0, 0)],
        (0,),
        3,
    ),
    "the first gets the whole budget": (
        plan_of(ALL, budget=3, edge="partial"),
        [(4,), (1,)],
        [(1, 1, 4, 3, 3)],
        (0,),
        0,
    ),
    "a prize ends with its last winner, the next begins at the front": (
        plan_of(winners(1), winners(1)),
        [(0, 5), (9, 5), (9, 5)],
        [(1, 2, 9, 9, 9), (2, 1, 5, 5, 14)],
        (1, 1),
        10**6 - 14,
    ),
    "who has won is passed over": (
        plan_of(winners(1), ALL),
        [(9, 5), (9, 6), (0, 7)],
        [(1, 1, 9, 9, 9), (2, 2, 6, 6, 15), (2, 3, 7, 7, 22)],
        (1, 2),
        10**6 - 22,
    ),
    "beside an earlier prize everybody wins": (
        plan_of(winners(1), ALL, beside=2),
        [(9, 5), (9, 6), (0, 7)],
        [(1, 1, 9, 9, 9), (2, 1, 5, 5, 14), (2, 2, 6, 6, 20), (2, 3, 7, 7, 27)],
        (1, 3),
        10**6 - 27,
    ),
    "what is won beside passes over too": (
        plan_of(winners(1), ALL, ALL, beside=2),
        [(9, 5, 1), (9, 0, 2), (0, 7, 3)],
        [(1, 1, 9, 9, 9), (2, 1, 5, 5, 14), (2, 3, 7, 7, 21), (3, 2, 2, 2, 23)],
        (1, 2, 1),
        10**6 - 23,
    ),
    "more winners than are left": (
        plan_of(winners(2), winners(5)),
        [(3, 1), (3, 1), (3, 1)],
        [(1, 1, 3, 3, 3), (1, 2, 3, 3, 6), (2, 3, 1, 1, 7)],
        (2, 1),
        10**6 - 7,
    ),
    "one in two of five is three": (
        plan_of(one_in(2)),
        [(1,), (0,), (1,), (1,), (1,), (1,)],
        [(1, 1, 1, 1, 1), (1, 3, 1, 1, 2), (1, 4, 1, 1, 3)],
        (3,),
        10**6 - 3,
    ),
    "one in many is one": (plan_of(one_in(9)), [(1,), (1,)], [(1, 1, 1, 1, 1)], (1,), 10**6 - 1),
    "one in two counts earlier winners in": (
        plan_of(winners(2), one_in(2)),
        [(7, 1), (7, 1), (0, 1), (0, 1), (0, 1)],
        [
            (1, 1, 7, 7, 7),
            (1, 2, 7, 7, 14),
            (2, 3, 1, 1, 15),
            (2, 4, 1, 1, 16),
            (2, 5, 1, 1, 17),
        ],
        (2, 3),
        10**6 - 17,
    ),
    "one in of nobody": (plan_of(one_in(2), ALL), [(0, 4)], [(2, 1, 4, 4, 4)], (0, 1), 10**6 - 4),
    "a prize that nobody may win": (
        plan_of(ALL, winners(1)),
        [(0, 4), (0, 4)],
        [(2, 1, 4, 4, 4)],
        (0, 1),
        10**6 - 4,
    ),
    "the budget ends in the middle of the second prize, and the third": (
        plan_of(winners(1), winners(2), ALL, budget=15),
        [(10, 4, 1), (10, 4, 1), (10, 4, 1), (10, 4, 1)],
        [(1, 1, 10, 10, 10), (2, 2, 4, 4, 14), (2, 3, 4, 0, 14)],
        (1, 1, 0),
        1,
    ),
    "what is left goes to the second prize's next": (
        plan_of(winners(1), winners(2), ALL, budget=15, edge="partial"),
        [(10, 4, 1), (10, 4, 1), (10, 4, 1), (10, 4, 1)],
        [(1, 1, 10, 10, 10), (2, 2, 4, 4, 14), (2, 3, 4, 1, 15)],
        (1, 1, 0),
        0,
    ),
    "the budget ends with a prize: the next one's first does not fit": (
        plan_of(winners(1), ALL, budget=10),
        [(10, 4), (10, 4)],
        [(1, 1, 10, 10, 10), (2, 2, 4, 0, 10)],
        (1, 0),
        0,
    ),
    "the budget ends with the last winner, and nobody more is opened": (
        plan_of(winners(1), budget=10),
        [(10,), (10,)],
        [(1, 1, 10, 10, 10)],
        (1,),
        0,
    ),
}


@pytest.mark.parametrize("case", WORKED.values(), ids=WORKED)
def test_selection_worked_by_hand(case: tuple[Any, ...]) -> None:
    plan, rewards, lines, counts, left = case

    found = select_awards(plan, rewards)

    assert found == Selection(
        [Line(*line) for line in lines], counts, plan.budget_points - left, left
    )
    assert [line.award for line in found.awards] == [line[3] for line in lines if line[3]]


@pytest.mark.parametrize(
    ("take", "eligible", "limit"),
    [
        pytest.param(winners(3), 2, 3, id="winners, more than there are"),
        pytest.param(one_in(3), 0, 0, id="one in three of nobody"),
        pytest.param(one_in(3), 1, 1, id="one in three of one"),
        pytest.param(one_in(3), 3, 1, id="one in three of three"),
        pytest.param(one_in(3), 4, 2, id="one in three of four"),
    ],
)
def test_max_winners(take: Take, eligible: int, limit: int) -> None:
    assert max_winners(take, [(1,)] * eligible + [(0,)] * 5, 0) == limit


takes = st.one_of(
    st.just(ALL),
    st.builds(winners, st.integers(1, 6)),
    st.builds(one_in, st.integers(2, 4)),
)


@st.composite
def plans_and_rewards(draw: st.DrawFn) -> tuple[Plan, Rewards]:
    """Return any plan, with the rewards of up to 20 entrants in their order."""
    chosen = draw(st.lists(st.tuples(takes, st.booleans()), min_size=1, max_size=5))
    prizes = tuple(
        Prize(number, str(number), take, Fixed(1), beside=beside and take == ALL)
        for number, (take, beside) in enumerate(chosen, 1)
    )
    edge: Edge = draw(st.sampled_from(("stop", "partial")))
    plan = Plan(1, Lots(), prizes, draw(st.integers(1, 150)), edge)
    reward = st.just(0) | st.integers(1, 20)
    rows = st.lists(st.tuples(*[reward] * len(prizes)), max_size=20)
    return plan, draw(rows)


def naive_selection(plan: Plan, rewards: Rewards) -> list[tuple[int, int, int, int]]:
    """Return prize, rank, reward and award of each line: the sentences of the text, one by one."""
    lines: list[tuple[int, int, int, int]] = []
    for number, prize in enumerate(plan.prizes, 1):
        eligible = [row for row in rewards if row[number - 1] >= 1]
        count = {
            "all": len(rewards),
            "winners": prize.take.count,
            "one_in": (len(eligible) + prize.take.count - 1) // max(prize.take.count, 1),
        }[prize.take.kind]
        for rank, row in enumerate(rewards, 1):
            won = [line for line in lines if line[1] == rank]
            if row[number - 1] == 0 or (won and not prize.beside):
                continue
            if len([line for line in lines if line[0] == number]) >= count:
                break
            left = plan.budget_points - sum(line[3] for line in lines)
            if row[number - 1] > left:
                last = left if plan.edge == "partial" else 0
                return [*lines, (number, rank, row[number - 1], last)]
            lines.append((number, rank, row[number - 1], row[number - 1]))
    return lines


@given(plans_and_rewards())
def test_selection_is_that_of_the_text(case: tuple[Plan, Rewards]) -> None:
    plan, rewards = case

    found = select_awards(plan, rewards)

    assert [line[:4] for line in found.lines] == naive_selection(plan, rewards)


@given(plans_and_rewards())
def test_selection_accounts_for_every_point(case: tuple[Plan, Rewards]) -> None:
    plan, rewards = case

    found = select_awards(plan, rewards)

    sums = [0]
    for line in found.lines:
        sums.append(sums[-1] + line.award)
    assert [line.cumulative for line in found.lines] == sums[1:]
    assert found.total_points == sums[-1] <= plan.budget_points
    assert found.total_points + found.leftover_points == plan.budget_points
    full = [line for line in found.lines if line.award == line.reward]
    assert sum(found.winners) == len(full)
    assert found.lines[: len(full)] == full


@given(plans_and_rewards())
def test_nobody_has_two_prizes_unless_one_is_beside(case: tuple[Plan, Rewards]) -> None:
    plan, rewards = case
    lines = select_awards(plan, rewards).lines

    for number, line in enumerate(lines):
        earlier = [one for one in lines[:number] if one.rank == line.rank]
        assert not earlier or plan.prizes[line.prize - 1].beside
        assert line.prize not in [one.prize for one in earlier]


pids_and_lots = st.lists(
    st.tuples(st.binary(min_size=16, max_size=16), st.integers(1, 5)),
    unique_by=lambda entrant: entrant[0],
)


@given(entrants=pids_and_lots, seed=st.binary())
def test_order_is_that_of_the_least_tickets_whatever_came_first(
    entrants: list[tuple[bytes, int]], seed: bytes
) -> None:
    ordered = order_entrants(seed, entrants)

    assert ordered == order_entrants(seed, reversed(entrants))
    least = {
        pid: min(
            (hashlib.sha256(b"\x02" + seed + pid + lot.to_bytes(2, "big")).digest(), lot)
            for lot in range(1, lots + 1)
        )
        for pid, lots in entrants
    }
    assert [(place.ticket, place.pid) for place in ordered] == sorted(
        (ticket, pid) for pid, (ticket, _) in least.items()
    )
    assert all(least[place.pid][1] == place.lot for place in ordered)


@given(entrants=pids_and_lots, seed=st.binary())
def test_order_is_drawing_lots_without_putting_back(
    entrants: list[tuple[bytes, int]], seed: bytes
) -> None:
    """All lots in the order of their tickets, each entrant where their first lot stands."""
    lots = sorted(
        (hashlib.sha256(b"\x02" + seed + pid + lot.to_bytes(2, "big")).digest(), pid)
        for pid, count in entrants
        for lot in range(1, count + 1)
    )

    assert [place.pid for place in order_entrants(seed, entrants)] == list(
        dict.fromkeys(pid for _, pid in lots)
    )
