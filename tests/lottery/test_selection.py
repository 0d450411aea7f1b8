"""Order and cut: tables of edges, and generated rewards."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lottery.selection import Cut, cut_at_budget, max_entries_read, order_pids

# A busy machine is no failure.
policies = st.sampled_from(["stop", "partial"])
rewards_of_all = st.lists(st.integers(1, 20_000), max_size=60)
budgets = st.integers(1, 400_000)


@pytest.mark.parametrize(
    ("rewards", "budget", "policy", "cut"),
    [
        pytest.param([], 10, "stop", Cut(0, 0, 10, 0), id="nobody"),
        pytest.param([], 10, "partial", Cut(0, 0, 10, 0), id="nobody, partial"),
        pytest.param([10], 10, "stop", Cut(1, 10, 0, 0), id="one who fits exactly"),
        pytest.param([11], 10, "stop", Cut(0, 0, 10, 0), id="the first is larger than the budget"),
        pytest.param([11], 10, "partial", Cut(0, 10, 0, 10), id="the first gets the whole budget"),
        pytest.param([4, 4], 10, "stop", Cut(2, 8, 2, 0), id="everybody wins"),
        pytest.param([4, 4], 10, "partial", Cut(2, 8, 2, 0), id="everybody wins, partial"),
        pytest.param([6, 5, 4], 10, "stop", Cut(1, 6, 4, 0), id="none is skipped"),
        pytest.param([6, 5, 4], 10, "partial", Cut(1, 10, 0, 4), id="the next gets what is left"),
        pytest.param([6, 4, 1], 10, "stop", Cut(2, 10, 0, 0), id="nothing is left"),
        pytest.param([6, 4, 1], 10, "partial", Cut(2, 10, 0, 0), id="nothing is left to divide"),
    ],
)
def test_cut_at_budget_edges(rewards: list[int], budget: int, policy: str, cut: Cut) -> None:
    assert cut_at_budget(rewards, budget=budget, policy=policy) == cut


@given(rewards=rewards_of_all, budget=budgets, policy=policies)
def test_cut_never_exceeds_the_budget_and_accounts_for_all(
    rewards: list[int], budget: int, policy: str
) -> None:
    cut = cut_at_budget(rewards, budget=budget, policy=policy)

    assert cut.total_points <= budget
    assert cut.total_points + cut.leftover_points == budget
    assert cut.total_points == sum(rewards[: cut.winners]) + cut.partial_points


@given(rewards=rewards_of_all, budget=budgets, policy=policies)
def test_cut_is_the_longest_prefix_that_fits(rewards: list[int], budget: int, policy: str) -> None:
    cut = cut_at_budget(rewards, budget=budget, policy=policy)

    fitting = [k for k in range(len(rewards) + 1) if sum(rewards[:k]) <= budget]
    assert cut.winners == max(fitting)
    if cut.partial_points:
        assert policy == "partial"
        assert cut.partial_points < rewards[cut.winners]


@given(rewards=rewards_of_all, budget=budgets, policy=policies)
def test_cut_reads_no_further_than_it_may(rewards: list[int], budget: int, policy: str) -> None:
    least = min(rewards, default=1)
    seen = max_entries_read(entrants=len(rewards), budget=budget, least_reward=least)

    assert cut_at_budget(rewards[:seen], budget=budget, policy=policy) == cut_at_budget(
        rewards, budget=budget, policy=policy
    )


@given(pids=st.lists(st.binary(min_size=16, max_size=16), unique=True), seed=st.binary())
def test_order_is_that_of_the_tickets_whatever_came_first(pids: list[bytes], seed: bytes) -> None:
    ordered = order_pids(seed, pids)

    assert ordered == order_pids(seed, reversed(pids))
    assert sorted(ordered) == sorted(pids)
    tickets = [hashlib.sha256(b"\x02" + seed + pid).digest() for pid in ordered]
    assert tickets == sorted(tickets)
