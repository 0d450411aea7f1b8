"""Forged results, each with the step that refuses it."""

from collections.abc import Callable
from dataclasses import replace

from tests.lottery.forgeries import FILES, PLAN
from tests.lottery.reference import (
    Entry,
    Files,
    Plan,
    cut_of,
    drawn_files,
    entries_of,
    frozen_files,
    local_round,
    ordered,
    rows_of,
    seed_of,
    sha,
    ticket_of,
    with_result,
)

SEED = seed_of(PLAN, FILES["manifest.json"])
ORDER = ordered(PLAN, SEED)
WINNERS = cut_of(PLAN, ORDER)[0]


def drawn_by(rows: list[Entry], plan: Plan = PLAN) -> Files:
    """Return a bundle with these rows in winners.csv and the hashes to match."""
    return with_result(plan, frozen_files(plan), rows_of(rows))


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


def seeded_by(seed: bytes) -> Files:
    """Return a bundle drawn by another seed, which result.json names."""
    order = sorted(entries_of(PLAN), key=lambda entry: (ticket_of(seed, entry.pid), entry.pid))
    winners = cut_of(PLAN, order)[0]
    plan = replace(PLAN, result={"seed": seed.hex()})
    return with_result(plan, frozen_files(plan), rows_of(order[: winners + 1]))


def ordered_partial() -> list[Entry]:
    plan = Plan(policy="partial")
    return ordered(plan, seed_of(plan, frozen_files(plan)["manifest.json"]))


RESULTS = {
    "a seed without the manifest": (
        lambda: seeded_by(sha(bytes.fromhex(local_round(PLAN.number)[1]))),
        7,
    ),
    "a seed that was picked": (lambda: seeded_by(bytes(32)), 7),
    "two winners exchanged": (lambda: drawn_by([ORDER[1], ORDER[0], *ORDER[2 : WINNERS + 1]]), 8),
    "an entry skipped": (
        lambda: drawn_by([*ORDER[: WINNERS - 1], *ORDER[WINNERS : WINNERS + 2]]),
        8,
    ),
    "an entry that does not fit skipped": (
        lambda: drawn_by([*ORDER[:WINNERS], *ORDER[WINNERS + 1 : WINNERS + 3]]),
        8,
    ),
    "ordered by what was spent": (
        lambda: drawn_by(sorted(ORDER, key=lambda entry: -entry.reward)[: WINNERS + 1]),
        8,
    ),
    "somebody twice": (lambda: drawn_by([*ORDER[:WINNERS], ORDER[0]]), 8),
    "somebody who is not in the list": (
        lambda: drawn_by([replace(ORDER[0], pid=bytes(16)), *ORDER[1 : WINNERS + 1]]),
        8,
    ),
    "more rows than entries": (lambda: drawn_by([*ORDER, ORDER[0]]), 8),
    "a rank with a zero before it": (lambda: with_cell(1, 0, "01"), 8),
    "a rank as a fraction": (lambda: with_cell(1, 0, "1.0"), 8),
    "a pid in upper case": (lambda: with_cell(1, 1, ORDER[0].pid.hex().upper()), 8),
    "a pid with a space": (lambda: with_cell(1, 1, " " + ORDER[0].pid.hex()), 8),
    "a row without columns": (lambda: with_rows(lambda rows: rows + b"\n"), 8),
    "another reward": (lambda: with_cell(1, 2, str(ORDER[0].reward + 1)), 9),
    "a reward of nothing": (lambda: with_cell(1, 2, "0"), 9),
    "a reward with a zero before it": (lambda: with_cell(1, 2, f"0{ORDER[0].reward}"), 9),
    "a reward with a sign": (lambda: with_cell(1, 2, f"+{ORDER[0].reward}"), 9),
    "a reward without end": (lambda: with_cell(1, 2, "9" * 60), 9),
    "another m": (lambda: with_cell(1, 3, ORDER[1].m.hex()), 9),
    "an m in upper case": (lambda: with_cell(1, 3, ORDER[0].m.hex().upper()), 9),
    "an m cut short": (lambda: with_cell(1, 3, ORDER[0].m.hex()[:-2]), 9),
    "a reward above the cap": (
        lambda: drawn_files(Plan(rewards=[25_000] * 5, cap=20_000, budget=60_000)),
        9,
    ),
    "a reward of nothing, committed to": (
        lambda: drawn_files(Plan(rewards=[0] * 5, budget=60_000)),
        9,
    ),
    "the row behind the cut left out": (lambda: drawn_by(ORDER[:WINNERS]), 10),
    "the last winner left out": (lambda: drawn_by(ORDER[: WINNERS - 1]), 10),
    "a row too many": (lambda: drawn_by(ORDER[: WINNERS + 2]), 10),
    "no row at all": (lambda: drawn_by([]), 10),
    "another cumulative": (lambda: with_cell(1, 4, "1"), 10),
    "a column more": (lambda: with_cell(1, 4, f"{ORDER[0].reward},"), 10),
    "another header": (lambda: with_rows(lambda rows: rows.replace(b"rank", b"Rank", 1)), 10),
    "no header": (lambda: with_rows(lambda rows: b"\n" + rows.split(b"\n", 1)[1]), 10),
    "line ends of another system": (
        lambda: with_rows(lambda rows: rows.replace(b"\n", b"\r\n")),
        10,
    ),
    "no line end at the end": (lambda: with_rows(lambda rows: rows[:-1]), 10),
    "a mark of byte order": (lambda: with_rows(lambda rows: b"\xef\xbb\xbf" + rows), 10),
    "a header in quotes": (lambda: with_rows(lambda rows: rows.replace(b"rank", b'"rank"', 1)), 10),
    "a winner more in the result": (
        lambda: drawn_files(Plan(result={"winners": WINNERS + 1})),
        10,
    ),
    "another total": (lambda: drawn_files(Plan(result={"total_points": 30_000})), 10),
    "another rest": (lambda: drawn_files(Plan(result={"leftover_points": 0})), 10),
    "another schema": (lambda: drawn_files(Plan(result={"schema": "pointdraw/1"})), 10),
    "a hash of other winners": (
        lambda: drawn_files(Plan(result={"winners_sha256": "00" * 32})),
        10,
    ),
    "the hash of another manifest": (
        lambda: drawn_files(Plan(result={"manifest_sha256": "00" * 32})),
        10,
    ),
    "a partial award counted as a winner": (
        lambda: drawn_files(
            Plan(policy="partial", result={"winners": cut_of(Plan(), ordered_partial())[0] + 1})
        ),
        10,
    ),
    "a partial award under stop": (
        lambda: drawn_files(Plan(result={"total_points": 30_000, "leftover_points": 0})),
        10,
    ),
    "no partial award under partial": (
        lambda: drawn_files(Plan(policy="partial", result={"total_points": 1})),
        10,
    ),
}
