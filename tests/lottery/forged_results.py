"""Forged results, each with the step that refuses it.

The budget of the plan ends at the second line of the second prize: two lines of the first prize,
one of the second, and the one of which only a part was left.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.lottery.forgeries import FILES, PLAN
from tests.lottery.reference import (
    ALL,
    Files,
    Line,
    Member,
    Plan,
    csv_of,
    drawn_files,
    fixed,
    frozen_files,
    local_round,
    members,
    ordered,
    pool,
    prize,
    seed_of,
    selection_of,
    sha,
    spent,
    ticket_of,
    winners,
    with_result,
)

SEED = seed_of(PLAN, FILES["manifest.json"])
ORDER = ordered(PLAN, SEED)
LINES = selection_of(PLAN, SEED)
PRIZE, RANK, PID, REWARD, AWARD, LOT, M, OTHERS, CUMULATIVE = range(9)


def drawn_by(lines: list[Line], plan: Plan = PLAN) -> Files:
    """Return a bundle with these lines in winners.csv and the hashes to match."""
    return with_result(plan, frozen_files(plan), csv_of(lines))


def summed(lines: list[Line], **result: Any) -> Files:
    """Return a bundle with these lines, each with its whole reward, and all sums to match."""
    total, right = 0, []
    for line in lines:
        total += line.reward
        right.append(replace(line, award=line.reward, cumulative=total))
    counts = [sum(line.prize == number for line in right) for number in (1, 2, 3, 4)]
    sums = {"winners": counts, "total_points": total, "leftover_points": PLAN.budget - total}
    return drawn_by(right, replace(PLAN, result=sums | result))


def line_of(prize_number: int, rank: int) -> Line:
    """Return a line for the entrant of a rank."""
    entry = ORDER[rank - 1]
    return Line(prize_number, rank, entry, 0, ticket_of(SEED, entry.pid, entry.lots)[1], 0)


def with_rows(change: Callable[[bytes], bytes]) -> Files:
    """Return a bundle with a changed winners.csv and its hash to match."""
    return with_result(PLAN, frozen_files(PLAN), change(FILES["winners.csv"]))


def with_cell(row: int, column: int, text: str) -> Files:
    """Return a bundle with one changed cell of winners.csv and its hash to match."""

    def change(content: bytes) -> bytes:
        lines = [line.split(",") for line in content.decode().splitlines()]
        lines[row][column] = text
        return "".join(",".join(line) + "\n" for line in lines).encode()

    return with_rows(change)


def cell(row: int, column: int) -> str:
    return FILES["winners.csv"].decode().splitlines()[row].split(",")[column]


def with_sums(plan: Plan = PLAN, **result: Any) -> Files:
    """Return a bundle whose result has other sums than its lines."""
    return drawn_files(replace(plan, result=result))


def seeded_by(seed: bytes) -> Files:
    """Return a bundle drawn by another seed, which result.json names."""
    plan = replace(PLAN, result={"seed": seed.hex()})
    return drawn_by(selection_of(PLAN, seed), plan)


def forged(plan: Plan, **rewards: tuple[int, ...]) -> Files:
    """Return a bundle in which members have other rewards, committed to, with the same masks."""
    forged = {wester_id: {"rewards": given} for wester_id, given in rewards.items()}
    return drawn_files(replace(plan, forged=forged))


EVERYBODY = [prize(ALL, spent(100, 9_000, ticketless=12_000))]
RIDES = [Member(5000), Member(20_000, frozenset({"ticketless"}))]
SPENT = Plan(members=RIDES, prizes=EVERYBODY)
SHARED = Plan(members=members(5000, 5000), prizes=[prize(ALL, pool(1000, 400))])
NOBODY = Plan(members=[], prizes=[prize(winners(1), fixed(5))])
OWN_MINIMUM = Plan(
    members=members(8000), prizes=[prize(ALL, spent(50, 20_000), minimum=8000)], minimum=5000
)

RESULTS: dict[str, tuple[Callable[[], Files], int]] = {
    "a seed without the manifest": (
        lambda: seeded_by(sha(bytes.fromhex(local_round(PLAN.number)[1]))),
        7,
    ),
    "a seed that was picked": (lambda: seeded_by(bytes(32)), 7),
    "two winners exchanged": (lambda: drawn_by([LINES[1], LINES[0], *LINES[2:]]), 8),
    "two lines with each other's ranks": (
        lambda: drawn_by(
            [
                replace(LINES[0], rank=LINES[1].rank),
                replace(LINES[1], rank=LINES[0].rank),
                *LINES[2:],
            ]
        ),
        8,
    ),
    "a winner left out": (lambda: summed([LINES[1], LINES[2], line_of(2, LINES[3].rank)]), 8),
    "the last line left out": (lambda: summed(LINES[:3]), 8),
    "the second prize left out": (lambda: summed(LINES[:2]), 8),
    "no line at all": (lambda: summed([]), 8),
    "a line more behind the budget": (
        lambda: drawn_by([*LINES, replace(LINES[3], prize=3)]),
        8,
    ),
    "a winner more of the first prize": (
        lambda: summed([*LINES[:2], replace(LINES[2], prize=1)]),
        8,
    ),
    "the second prize before the first": (
        lambda: summed([replace(line, prize=3 - line.prize) for line in LINES[:3]]),
        8,
    ),
    "who has won a prize wins another": (
        lambda: summed([LINES[0], LINES[1], line_of(2, LINES[0].rank)]),
        8,
    ),
    "somebody twice": (lambda: summed([LINES[0], LINES[0], *LINES[2:3]]), 8),
    "somebody who may not win the first prize": (
        lambda: summed(
            [
                line_of(1, next(rank for rank, e in enumerate(ORDER, 1) if not e.may_win(1))),
                *LINES[1:],
            ]
        ),
        8,
    ),
    "somebody who is not in the list": (
        lambda: drawn_by([replace(LINES[0], entry=replace(LINES[0].entry, pid=bytes(16)))]),
        8,
    ),
    "ordered by what was spent": (
        lambda: summed(
            [
                line_of(1, 1 + ORDER.index(entry))
                for entry in sorted(ORDER, key=lambda one: one.wester_id)[:2]
            ]
        ),
        8,
    ),
    "another lot": (
        lambda: with_cell(1, LOT, str(int(cell(1, LOT)) % 12 + 1)),
        8,
    ),
    "no lot": (lambda: with_cell(1, LOT, "0"), 8),
    "a lot with a zero before it": (lambda: with_cell(1, LOT, "0" + cell(1, LOT)), 8),
    "the number of a prize that there is not": (lambda: with_cell(1, PRIZE, "5"), 8),
    "a prize by its code": (lambda: with_cell(1, PRIZE, "p1"), 8),
    "a rank with a zero before it": (lambda: with_cell(1, RANK, "0" + cell(1, RANK)), 8),
    "a rank as a fraction": (lambda: with_cell(1, RANK, cell(1, RANK) + ".0"), 8),
    "a pid in upper case": (lambda: with_cell(1, PID, cell(1, PID).upper() + " "), 8),
    "a pid with a space": (lambda: with_cell(1, PID, " " + cell(1, PID)), 8),
    "a row without columns": (lambda: with_rows(lambda rows: rows + b"\n"), 8),
    "another reward": (lambda: with_cell(1, REWARD, "1001"), 9),
    "a reward of nothing": (lambda: with_cell(1, REWARD, "0"), 9),
    "a reward with a zero before it": (lambda: with_cell(1, REWARD, "01000"), 9),
    "a reward with a sign": (lambda: with_cell(1, REWARD, "+1000"), 9),
    "a reward without end": (lambda: with_cell(1, REWARD, "9" * 60), 9),
    "a reward that would fit in the last line": (lambda: with_cell(4, REWARD, "50"), 9),
    "a reward that would end the budget early": (lambda: with_cell(2, REWARD, "9000"), 9),
    "another m": (lambda: with_cell(1, M, cell(2, M)), 9),
    "an m in upper case": (lambda: with_cell(1, M, cell(1, M).upper()), 9),
    "an m cut short": (lambda: with_cell(1, M, cell(1, M)[:-2]), 9),
    "other others": (lambda: with_cell(1, OTHERS, cell(2, OTHERS)), 9),
    "others in another order": (
        lambda: with_cell(1, OTHERS, ".".join(cell(1, OTHERS).split(".")[::-1])),
        9,
    ),
    "an other too few": (
        lambda: with_cell(1, OTHERS, cell(1, OTHERS).partition(".")[2]),
        9,
    ),
    "an other too many": (
        lambda: with_cell(1, OTHERS, cell(1, OTHERS) + "." + "00" * 32),
        9,
    ),
    "others in upper case": (lambda: with_cell(1, OTHERS, cell(1, OTHERS).upper()), 9),
    "a fixed reward of another amount, committed to": (
        lambda: forged(
            Plan(members=members(5000), prizes=[prize(ALL, fixed(100))]), M00000001=(101,)
        ),
        9,
    ),
    "a reward above every cap, committed to": (lambda: forged(SPENT, M00000001=(12_001,)), 9),
    "a reward below that of the minimum, committed to": (
        lambda: forged(SPENT, M00000001=(4_999,)),
        9,
    ),
    "a reward below that of the prize's own minimum, committed to": (
        lambda: forged(OWN_MINIMUM, M00000001=(3_999,)),
        9,
    ),
    "a reward of nothing, committed to": (lambda: forged(SPENT, M00000001=(0,)), 9),
    "a share of a pool above its cap, committed to": (
        lambda: forged(SHARED, M00000001=(500,)),
        9,
    ),
    "a share of a pool that is too small, committed to": (
        lambda: forged(SHARED, M00000002=(399,)),
        9,
    ),
    "another award": (lambda: with_cell(1, AWARD, "999"), 10),
    "a whole award where a part was left": (lambda: with_cell(4, AWARD, "500"), 10),
    "nothing where a part was left": (lambda: with_cell(4, AWARD, "0"), 10),
    "another cumulative": (lambda: with_cell(1, CUMULATIVE, "1"), 10),
    "the reward in the last sum": (lambda: with_cell(4, CUMULATIVE, "3000"), 10),
    "a column more": (lambda: with_cell(1, CUMULATIVE, "1000,"), 10),
    "another header": (lambda: with_rows(lambda rows: rows.replace(b"rank", b"Rank", 1)), 10),
    "no header": (lambda: with_rows(lambda rows: b"\n" + rows.split(b"\n", 1)[1]), 10),
    "line ends of another system": (
        lambda: with_rows(lambda rows: rows.replace(b"\n", b"\r\n")),
        10,
    ),
    "no line end at the end": (lambda: with_rows(lambda rows: rows[:-1]), 10),
    "a mark of byte order": (lambda: with_rows(lambda rows: b"\xef\xbb\xbf" + rows), 10),
    "a header in quotes": (lambda: with_rows(lambda rows: rows.replace(b"rank", b'"rank"', 1)), 10),
    "nothing where nobody entered": (
        lambda: with_result(NOBODY, frozen_files(NOBODY), b""),
        10,
    ),
    "a winner more in the result": (lambda: with_sums(winners=[3, 1, 0, 0]), 10),
    "the part counted as a winner": (lambda: with_sums(winners=[2, 2, 0, 0]), 10),
    "winners of a prize fewer": (lambda: with_sums(winners=[2, 1, 0]), 10),
    "winners as one number": (lambda: with_sums(winners=3), 10),
    "another total": (lambda: with_sums(total_points=2500), 10),
    "another rest": (lambda: with_sums(leftover_points=100), 10),
    "another schema": (lambda: with_sums(schema="pointdraw/1/result"), 10),
    "a hash of other winners": (lambda: with_sums(winners_sha256="00" * 32), 10),
    "the hash of another manifest": (lambda: with_sums(manifest_sha256="00" * 32), 10),
    "a partial award under stop": (
        lambda: with_sums(replace(PLAN, edge="stop"), total_points=2600, leftover_points=0),
        10,
    ),
}
