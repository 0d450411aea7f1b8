"""Fairness, counted over thousands of rounds of a local chain: nothing but the round decides.

The chain's key is fixed, so the rounds are always the same ones and no count can come out
differently. Each bound is one that a fair draw exceeds once in a thousand.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from operator import xor
from statistics import mean
from typing import Any

import pytest

from campaign.plan import Fixed, Lots, Plan, Prize, Take
from lottery.local_chain import KEY_FILE, sign_round
from lottery.protocol import keyed_hash, pid_of, seed_of, sha256
from lottery.selection import Selection, order_entrants, select_awards

MEMBERS, WINNERS, ROUNDS = 120, 30, 3_000
CAP = 20_000
# Amounts as members spend them: many small ones, some at the cap. Nothing follows from the place.
UNEQUAL = [5_000 + 15_000 * (index * 37 % MEMBERS) // (MEMBERS - 1) for index in range(MEMBERS)]
ONCE_IN_A_THOUSAND = 3.0902  # standard deviations, one side

# In the order in which they entered: their ids say nothing about it.
WESTER_IDS = [f"M{index * 7919 % 100_000:08}" for index in range(MEMBERS)]
SPENT = [CAP + index * 977 % 50_000 for index in range(MEMBERS)]  # all of them above the cap

LOTS = [1 + index * 53 % 4 for index in range(MEMBERS)]  # 1 to 4, as many members of each

Order = Callable[[bytes, Sequence[bytes]], list[bytes]]


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Return the seeds of one frozen list by one round after another."""
    folder = tmp_path_factory.mktemp("chain")
    (folder / KEY_FILE).write_text(f"{20241210:064x}")
    manifest = sha256(b"a manifest")
    rounds = (sign_round(folder, number) for number in range(1, ROUNDS + 1))
    return [seed_of(manifest, one.round, bytes.fromhex(one.randomness)) for one in rounds]


def pids() -> list[bytes]:
    """Return the members' pseudonyms, in the order in which they entered."""
    keyed = keyed_hash(b"K" * 32)
    return [pid_of(keyed, wester_id.encode()) for wester_id in WESTER_IDS]


def by_ticket(seed: bytes, listed: Sequence[bytes]) -> list[bytes]:
    """Order members of one lot each as the protocol does."""
    return [place.pid for place in order_entrants(seed, [(pid, 1) for pid in listed])]


def by_lots(seed: bytes, listed: Sequence[bytes]) -> list[bytes]:
    """Order members by the least ticket of their lots."""
    lots = dict(zip(pids(), LOTS, strict=True))
    return [place.pid for place in order_entrants(seed, [(pid, lots[pid]) for pid in listed])]


def orders(seeds: Iterable[bytes], order: Order = by_ticket) -> list[list[int]]:
    """Return for each seed the members in the order of the draw, by their places above."""
    places = {pid: place for place, pid in enumerate(pids())}
    listed = sorted(places)  # as entries.bin has them
    return [[places[pid] for pid in order(seed, listed)] for seed in seeds]


def chi_square_bounds(freedom: int) -> tuple[float, float]:
    """Return what a fair draw's statistic lies between (Wilson and Hilferty's approximation)."""
    spread = 2 / (9 * freedom)
    low, high = (
        freedom * (1 - spread + side * math.sqrt(spread)) ** 3
        for side in (-ONCE_IN_A_THOUSAND, ONCE_IN_A_THOUSAND)
    )
    return low, high


def statistic_of_wins(drawn: list[list[int]]) -> float:
    """Return the chi-square statistic of how often each member won, MEMBERS - 1 degrees."""
    wins = Counter(member for order in drawn for member in order[:WINNERS])
    chance = WINNERS / MEMBERS
    expected, variance = ROUNDS * chance, ROUNDS * chance * (1 - chance)
    total = sum((wins[member] - expected) ** 2 for member in range(MEMBERS))
    # A winner takes a place from the others, which makes counts vary a little more together.
    return total / variance * (MEMBERS - 1) / MEMBERS


def statistic_of_groups(drawn: list[list[int]], groups: list[list[int]]) -> float:
    """Return the chi-square statistic of wins by groups of one size."""
    group_of = {member: number for number, group in enumerate(groups) for member in group}
    wins = Counter(group_of[member] for order in drawn for member in order[:WINNERS])
    size, chance = len(groups[0]), WINNERS / MEMBERS
    # Wins of a group in one round are hypergeometric.
    variance = ROUNDS * size * chance * (1 - chance) * (MEMBERS - size) / (MEMBERS - 1)
    expected = ROUNDS * size * chance
    total = sum((wins[number] - expected) ** 2 for number in range(len(groups)))
    return total / variance * (len(groups) - 1) / len(groups)


def in_groups(values: Sequence[Any], count: int = 6) -> list[list[int]]:
    """Return the members in groups of one size by a value, the smallest values first."""
    members = sorted(range(MEMBERS), key=values.__getitem__)
    size = MEMBERS // count
    return [members[start : start + size] for start in range(0, MEMBERS, size)]


def test_everybody_wins_equally_often(seeds: list[bytes]) -> None:
    low, high = chi_square_bounds(MEMBERS - 1)

    assert low < statistic_of_wins(orders(seeds)) < high


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(WESTER_IDS, id="id"),
        pytest.param(list(range(MEMBERS)), id="time of entry"),
        pytest.param(SPENT, id="what was spent, above the cap"),
        pytest.param(UNEQUAL, id="what was spent, below the cap"),
        pytest.param([pid.hex() for pid in pids()], id="pseudonym"),
        pytest.param([one[-1] for one in WESTER_IDS], id="last digit of the id"),
    ],
)
def test_winning_does_not_depend_on(values: Sequence[Any], seeds: list[bytes]) -> None:
    groups = in_groups(values)

    assert statistic_of_groups(orders(seeds), groups) < chi_square_bounds(len(groups) - 1)[1]


def by_place(seed: bytes, listed: Sequence[bytes]) -> list[bytes]:
    """Ignore the seed."""
    return list(listed)


def by_four_bits(seed: bytes, listed: Sequence[bytes]) -> list[bytes]:
    """Draw by a ticket of four bits, so that mostly the pid decides."""
    return sorted(listed, key=lambda pid: (sha256(seed + pid)[0] >> 4, pid))


def by_mixing(seed: bytes, listed: Sequence[bytes]) -> list[bytes]:
    """Mix seed and pid without a hash: who is near in one round is near in all."""
    return sorted(listed, key=lambda pid: bytes(map(xor, pid, seed)))


@pytest.mark.parametrize("order", [by_place, by_four_bits, by_mixing])
def test_these_counts_find_what_is_not_fair(order: Order, seeds: list[bytes]) -> None:
    low, high = chi_square_bounds(MEMBERS - 1)

    assert not low < statistic_of_wins(orders(seeds, order)) < high


def test_every_place_is_as_likely_for_members_who_spend_much(seeds: list[bytes]) -> None:
    """The order ignores rewards: the mean rank of those with the largest is that of all."""
    largest = in_groups(UNEQUAL)[-1]
    ranks = [order.index(member) for order in orders(seeds) for member in largest]
    # The variance of a rank, and of the mean of a group's ranks drawn without replacement.
    variance = (MEMBERS**2 - 1) / 12 * (MEMBERS - len(largest)) / (MEMBERS - 1) / len(ranks)

    assert abs(mean(ranks) - (MEMBERS - 1) / 2) < 3.3 * math.sqrt(variance)


def test_one_round_says_nothing_about_the_next(seeds: list[bytes]) -> None:
    """Winners of two rounds in turn have as many in common as two fair draws."""
    won = [set(order[:WINNERS]) for order in orders(seeds)]
    common = [len(one & other) for one, other in pairwise(won)]
    chance = WINNERS / MEMBERS
    variance = WINNERS * chance * (1 - chance) * (MEMBERS - WINNERS) / (MEMBERS - 1)

    assert abs(mean(common) - WINNERS * chance) < 3.3 * math.sqrt(variance / len(common))


def test_stop_favours_small_rewards_only_by_the_last_place(seeds: list[bytes]) -> None:
    """The known bias: the entry that does not fit is more often a large one.

    It is one place in each draw, so a budget of many rewards makes it small. Skipping that entry
    to go on with smaller ones, which the protocol forbids, would favour them far more.
    """
    budget = 30 * 12_500
    small, large = in_groups(UNEQUAL)[0], in_groups(UNEQUAL)[-1]
    stopped, skipped = Counter[int](), Counter[int]()
    plan = plan_of(Take("all"), budget=budget)
    for order in orders(seeds):
        found = select_awards(plan, [(UNEQUAL[member],) for member in order])
        stopped.update(order[: found.winners[0]])
        skipped.update(skipping_winners(order, budget))
    stop_ratio = wins_of(stopped, small) / wins_of(stopped, large)
    skip_ratio = wins_of(skipped, small) / wins_of(skipped, large)

    assert 1 <= stop_ratio < 1.05
    assert skip_ratio > 1.05


def plan_of(*takes: Take, budget: int = 10**9) -> Plan:
    """Return a plan of prizes that take so."""
    prizes = [Prize(number, str(number), take, Fixed(1)) for number, take in enumerate(takes, 1)]
    return Plan(1, Lots(), tuple(prizes), budget, "stop")


def wins_of(wins: Counter[int], group: list[int]) -> int:
    return sum(wins[member] for member in group)


def skipping_winners(order: list[int], budget: int) -> list[int]:
    """Return who would win if an entry that does not fit were skipped."""
    left, winners = budget, []
    for member in order:
        if UNEQUAL[member] <= left:
            left -= UNEQUAL[member]
            winners.append(member)
    return winners


def test_the_local_rounds_are_all_different(seeds: list[bytes]) -> None:
    assert len(set(seeds)) == ROUNDS


@pytest.fixture(scope="module")
def drawn_by_lots(seeds: list[bytes]) -> list[list[int]]:
    """Return the members in the order of each round, where they have 1 to 4 lots."""
    return orders(seeds, by_lots)


def statistic_of_counts(found: Sequence[int], expected: Sequence[float]) -> float:
    """Return the chi-square statistic of counts, one degree of freedom less than there are."""
    return sum((one - mean) ** 2 / mean for one, mean in zip(found, expected, strict=True))


def test_the_first_place_is_as_likely_as_the_lots(drawn_by_lots: list[list[int]]) -> None:
    firsts = Counter(LOTS[order[0]] for order in drawn_by_lots)
    expected = [ROUNDS * lots * LOTS.count(lots) / sum(LOTS) for lots in (1, 2, 3, 4)]

    statistic = statistic_of_counts([firsts[lots] for lots in (1, 2, 3, 4)], expected)

    assert statistic < chi_square_bounds(3)[1]
    # The same counts show that chances are not equal, and not as the squares of the lots.
    equal = [ROUNDS * LOTS.count(lots) / MEMBERS for lots in (1, 2, 3, 4)]
    assert statistic_of_counts([firsts[lots] for lots in (1, 2, 3, 4)], equal) > 100
    squares = [lots**2 * LOTS.count(lots) for lots in (1, 2, 3, 4)]
    squared = [ROUNDS * share / sum(squares) for share in squares]
    assert statistic_of_counts([firsts[lots] for lots in (1, 2, 3, 4)], squared) > 100


@pytest.mark.parametrize(("more", "less"), [(2, 1), (3, 1), (4, 1), (3, 2), (4, 3)])
def test_of_two_members_the_first_is_as_likely_as_their_lots(
    drawn_by_lots: list[list[int]], more: int, less: int
) -> None:
    """Independent of all others: k lots come before l lots in k of k + l rounds."""
    pairs = list(
        zip(
            [member for member in range(MEMBERS) if LOTS[member] == more],
            [member for member in range(MEMBERS) if LOTS[member] == less],
            strict=True,
        )
    )
    before = 0
    for order in drawn_by_lots:
        rank = {member: place for place, member in enumerate(order)}
        before += sum(rank[one] < rank[other] for one, other in pairs)
    count, chance = ROUNDS * len(pairs), more / (more + less)

    # Pairs of one round are drawn from other hashes: they are independent.
    assert abs(before - count * chance) < 3.3 * math.sqrt(count * chance * (1 - chance))


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(WESTER_IDS, id="id"),
        pytest.param(UNEQUAL, id="what was spent"),
        pytest.param([pid.hex() for pid in pids()], id="pseudonym"),
    ],
)
def test_with_equal_lots_winning_does_not_depend_on(
    values: Sequence[Any], drawn_by_lots: list[list[int]]
) -> None:
    """The mean rank of halves of those with two lots, the smaller values and the larger."""
    equal = sorted((m for m in range(MEMBERS) if LOTS[m] == 2), key=values.__getitem__)
    half = len(equal) // 2
    smaller, larger = set(equal[:half]), set(equal[half:])
    won = 0
    for order in drawn_by_lots:
        among = [member for member in order if LOTS[member] == 2]
        won += sum(member in smaller for member in among[:half])
    # Of the first half of the places among them, each half of the members has half.
    size = len(equal)
    expected, variance = half / 2, half * 0.25 * (size - half) / (size - 1)

    assert len(larger) == half
    assert abs(won / ROUNDS - expected) < 3.3 * math.sqrt(variance / ROUNDS)


def tiers(order: list[int]) -> Selection:
    """Give a prize of one winner for those who spent much, then ten, then one for all others."""
    plan = plan_of(Take("winners", 1), Take("winners", 10), Take("all"))
    rows = [(int(UNEQUAL[member] >= 12_500), 1, 1) for member in order]
    return select_awards(plan, rows)


def test_a_prize_with_a_minimum_is_drawn_by_lots_among_who_reach_it(
    drawn_by_lots: list[list[int]],
) -> None:
    reach = [member for member in range(MEMBERS) if UNEQUAL[member] >= 12_500]
    won = Counter(LOTS[order[tiers(order).lines[0].rank - 1]] for order in drawn_by_lots)
    lots_of_all = Counter(LOTS[member] for member in reach)
    total = sum(LOTS[member] for member in reach)
    expected = [ROUNDS * lots * lots_of_all[lots] / total for lots in (1, 2, 3, 4)]

    statistic = statistic_of_counts([won[lots] for lots in (1, 2, 3, 4)], expected)

    assert statistic < chi_square_bounds(3)[1]


def test_there_is_one_order_for_all_prizes(seeds: list[bytes]) -> None:
    """Who did not win the first prize has the place for the second that they had before.

    Of the eleven first places one goes with the first prize, to a member who may win it if there
    is one; the other ten win the second.
    """
    reach = {member for member in range(MEMBERS) if UNEQUAL[member] >= 12_500}
    second = 0
    for order in orders(seeds):
        lines = tiers(order).lines
        second += sum(order[line.rank - 1] in reach for line in lines if line.prize == 2)
    share, places = len(reach) / MEMBERS, 11
    none = math.comb(MEMBERS - len(reach), places) / math.comb(MEMBERS, places)
    expected = places * share - 1 + none
    variance = places * share * (1 - share) * (MEMBERS - places) / (MEMBERS - 1)

    assert abs(second / ROUNDS - expected) < 3.3 * math.sqrt(variance / ROUNDS)
