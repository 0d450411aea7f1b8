"""Over thousands of seeds everybody has the same chance, whatever their pid, place or reward."""

import hashlib
from collections.abc import Callable
from statistics import fmean, pstdev

import pytest

from lottery.protocol import keyed_hash, pid_of
from lottery.selection import cut_at_budget, order_pids

ENTRANTS, DRAWS = 60, 4_000
EQUAL, BUDGET = 100, 2_000  # 20 of 60 win where all rewards are equal
# Six standard deviations: a fair draw fails here once in some ten million runs of other seeds,
# and these seeds are always the same.
TOLERANCE = 6.0


def wins(rewards: list[int]) -> list[int]:
    """Return how often each entrant was drawn over many seeds."""
    keyed = keyed_hash(b"k" * 32)
    entrants = {pid_of(keyed, b"M%08d" % place): place for place in range(len(rewards))}
    won = [0] * len(rewards)
    for number in range(DRAWS):
        seed = hashlib.sha256(b"round %d" % number).digest()
        ordered = [entrants[pid] for pid in order_pids(seed, entrants)]
        cut = cut_at_budget((rewards[place] for place in ordered), budget=BUDGET, policy="stop")
        for place in ordered[: cut.winners]:
            won[place] += 1
    return won


def correlation(one: list[float], other: list[float]) -> float:
    """Return Pearson's correlation."""
    mean, others = fmean(one), fmean(other)
    common = fmean((a - mean) * (b - others) for a, b in zip(one, other, strict=True))
    return common / (pstdev(one) * pstdev(other))


@pytest.mark.slow
def test_equal_rewards_have_equal_chances() -> None:
    won = wins([EQUAL] * ENTRANTS)

    chance = BUDGET / EQUAL / ENTRANTS
    deviation = (DRAWS * chance * (1 - chance)) ** 0.5
    assert sum(won) == DRAWS * BUDGET // EQUAL
    assert max(abs(count - DRAWS * chance) for count in won) < TOLERANCE * deviation


@pytest.mark.slow
@pytest.mark.parametrize(
    "trait",
    [
        pytest.param(float, id="the WESTER ID, and with it the time of the entry"),
        pytest.param(
            lambda place: float(int.from_bytes(pid_of(keyed_hash(b"k" * 32), b"M%08d" % place))),
            id="the pseudonym",
        ),
    ],
)
def test_chance_follows_nothing_of_the_entrant(trait: Callable[[int], float]) -> None:
    won = [float(count) for count in wins([EQUAL] * ENTRANTS)]
    traits = [trait(place) for place in range(ENTRANTS)]

    # Of independent values the correlation is about normal, with the deviation 1 / sqrt(n - 1).
    assert abs(correlation(won, traits)) < TOLERANCE / (ENTRANTS - 1) ** 0.5


@pytest.mark.slow
def test_spend_matters_only_by_the_known_bias_at_the_cut() -> None:
    """A reward is drawn less often the larger it is only as the one that ends the budget.

    Nothing is skipped, so that bias is below one place of the order a draw for everybody together.
    """
    rewards = [50 if place % 2 else 150 for place in range(ENTRANTS)]
    won = wins(rewards)

    small = fmean(count for count, reward in zip(won, rewards, strict=True) if reward == 50)
    large = fmean(count for count, reward in zip(won, rewards, strict=True) if reward == 150)
    deviation = (DRAWS * (1 / 3) * (2 / 3) / (ENTRANTS / 2)) ** 0.5
    assert -TOLERANCE * deviation < small - large < DRAWS / (ENTRANTS / 2) + TOLERANCE * deviation
