"""The database keeps the list and the awards whole: nothing more, nothing less, nothing else."""

from typing import Any

import pytest
from django.db import connection, transaction

from lottery.models import Award, Candidate, Draw, Entrant
from tests.factories.lottery import (
    confirmed_draw,
    drawn_draw,
    frozen_draw,
    published_draw,
    void,
)
from tests.guards import refused_as, sql

pytestmark = pytest.mark.django_db
MEMBERS = {"W1": 5_000, "W2": 12_340, "W3": 30_000}
STATES = [
    pytest.param(frozen_draw, id="frozen"),
    pytest.param(published_draw, id="published"),
    pytest.param(drawn_draw, id="drawn"),
    pytest.param(confirmed_draw, id="confirmed"),
    pytest.param(lambda: void(published_draw()), id="void"),
]
ENTRANT_CHANGES = {
    "draw_id": "0",
    "position": "position + 100",
    "wester_id": "'W9'",
    "total_yen": "total_yen + 1",
    "facts": "0",
    "lots": "lots + 1",
    "mask": "0",
    "rewards": "'{1}'",
    "pid": "decode(md5('x'), 'hex')",
    "nonces": "sha256('x')",
    "commitment": "sha256('x')",
}
# Three prizes: fixed points from 10,000 yen, half of what was spent, a pool of 100 points a lot.
PLAN: dict[str, Any] = {
    "prizes": [
        {"take": "winners", "take_count": 1, "minimum_total_yen": 10_000}
        | {"kind": "fixed", "points": 900},
        {"percent": 50, "cap": 6_000, "cap_if": [{"when": ["ticketless"], "cap": 8_000}]},
        {"kind": "pool", "points": 799, "beside": True},
    ],
    "lots_yen": 5_000,
    "lots_most": 3,
    "lots_times": [{"when": ["ticketless"], "times": 2}],
    "budget_points": 12_000,
    "edge": "partial",
}
LOTS_TOTAL = 6  # 1, 2 and 3; the pool's share of a lot is 133
E5489, TICKETLESS = 1, 8  # bits of facts
INSERT_ENTRANT = """
INSERT INTO lottery_entrant
    (draw_id, position, wester_id, total_yen, facts, lots, mask, rewards, pid, nonces, commitment)
VALUES (
    %s, %s, %s, %s, %s, %s, %s, %s,
    decode(md5(%s), 'hex'), sha256('n') || sha256('n') || sha256('n'), sha256('c')
)
"""
INSERT_AWARD = (
    "INSERT INTO lottery_award (draw_id, entrant_id, prize, rank, lot, points)"
    " VALUES (%s, %s, %s, %s, %s, %s)"
)
FIRST = (20_000, E5489, 3, 0b111, [900, 6_000, 399])
SECOND = (12_340, E5489, 2, 0b111, [900, 6_000, 266])
THIRD = (5_000, E5489, 1, 0b110, [0, 2_500, 133])


def insert(
    draw: Draw | int, position: int, member: str, *values: Any, pid: str | None = None
) -> None:
    """Insert an entrant; the values are total, facts, lots, mask and rewards."""
    key = draw if isinstance(draw, int) else draw.pk
    sql(INSERT_ENTRANT, key, position, member, *values, pid or member)


def test_entrant_never_changes() -> None:
    frozen_draw()

    for column, value in ENTRANT_CHANGES.items():
        with refused_as("entrant_append_only"):
            sql(f"UPDATE lottery_entrant SET {column} = {value}")


@pytest.mark.parametrize("make", STATES)
def test_list_never_changes_once_it_is_complete(make: Any) -> None:
    draw: Draw = make()

    for statement in (
        "UPDATE lottery_entrant SET rewards = '{1}'",
        "DELETE FROM lottery_entrant WHERE position = 0",
    ):
        with refused_as("entrant_append_only"):
            sql(statement)
    with refused_as("entrant_of_its_list"):
        insert(draw, draw.entry_count, "W9", *FIRST)
    with refused_as("entrant_position_once"):
        insert(draw, 0, "W9", *FIRST)


@pytest.fixture
def open_list() -> Draw:
    """Return a draw whose list is being written, as it is in the middle of a freeze."""
    done = void(published_draw(MEMBERS, **PLAN))
    columns = [str(one.column) for one in Draw._meta.concrete_fields if one.column != "id"]
    changed = {
        "state": "'frozen'",
        "sequence": "2",
        "round_time": "round_time + interval '3 seconds'",
        "manifest": "'\\x00'",
        "manifest_sha256": "sha256('\\x00')",
        **dict.fromkeys(("published_at", "published_by_id", "voided_at", "voided_by_id"), "NULL"),
        "void_reason": "''",
    }
    values = ", ".join(changed.get(column, column) for column in columns)
    sql(
        f"INSERT INTO lottery_draw ({', '.join(columns)}) SELECT {values} FROM lottery_draw"
        f" WHERE id = {done.pk}"
    )
    return Draw.objects.get(sequence=2)


def complete(draw: Draw, *, first: int = 0) -> None:
    """Fill the places that are left, so that the test's own transaction can end."""
    for place, values in enumerate((FIRST, SECOND, THIRD)[first:], first):
        insert(draw, place, f"filled-{place}", *values)
    sql(
        f"UPDATE campaign_campaign SET entries_frozen_at = frozen_at FROM lottery_draw"
        f" WHERE lottery_draw.id = {draw.pk}"
    )
    connection.check_constraints()


OF_ITS_LIST = "entrant_of_its_list"


@pytest.mark.parametrize(
    ("position", "values", "name"),
    [
        pytest.param(3, SECOND, OF_ITS_LIST, id="beyond the count"),
        pytest.param(-1, SECOND, "entrant_position_from_0", id="before the first"),
        pytest.param(0, SECOND, "entrant_position_once", id="a place twice"),
        pytest.param(1, (4_999, 1, 0, 0, [0, 0, 0]), OF_ITS_LIST, id="below the minimum"),
        pytest.param(1, (4_999, 1, 1, 2, [0, 2_499, 133]), OF_ITS_LIST, id="below, with lots"),
        pytest.param(1, (12_340, 1, 1, 7, [900, 6_000, 133]), OF_ITS_LIST, id="a lot less"),
        pytest.param(1, (12_340, 1, 3, 7, [900, 6_000, 399]), OF_ITS_LIST, id="a lot more"),
        pytest.param(1, (12_340, 9, 2, 7, [900, 6_170, 266]), OF_ITS_LIST, id="lots of others"),
        pytest.param(1, (12_340, 1, 2, 7, [900, 5_999, 266]), OF_ITS_LIST, id="a lower reward"),
        pytest.param(1, (12_340, 1, 2, 7, [900, 6_001, 266]), OF_ITS_LIST, id="above the cap"),
        pytest.param(1, (12_340, 1, 2, 7, [901, 6_000, 266]), OF_ITS_LIST, id="above the points"),
        pytest.param(1, (12_340, 1, 2, 7, [900, 6_000, 267]), OF_ITS_LIST, id="above the share"),
        pytest.param(1, (9_999, 1, 1, 7, [900, 4_999, 133]), OF_ITS_LIST, id="below a prize's own"),
        pytest.param(1, (12_340, 1, 2, 6, [900, 6_000, 266]), OF_ITS_LIST, id="a bit less"),
        pytest.param(1, (9_999, 1, 1, 7, [0, 4_999, 133]), OF_ITS_LIST, id="a bit more"),
        pytest.param(1, (12_340, 1, 2, 15, [900, 6_000, 266]), OF_ITS_LIST, id="a bit too high"),
    ],
)
def test_entrant_refuses(
    open_list: Draw, position: int, values: tuple[Any, ...], name: str
) -> None:
    insert(open_list, 0, "W0", *FIRST)

    with refused_as(name):
        insert(open_list, position, "W8", *values)
    complete(open_list, first=1)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param((9_999, 1, 1, 6, [0, 4_999, 133]), id="a yen below a prize's own minimum"),
        pytest.param((10_000, 1, 2, 7, [900, 5_000, 266]), id="at a prize's own minimum"),
        pytest.param((16_001, 9, 6, 7, [900, 8_000, 798]), id="facts that double the lots"),
        pytest.param((15_999, 8, 6, 7, [900, 7_999, 798]), id="a point below the other cap"),
        pytest.param((99_999, 7, 3, 7, [900, 6_000, 399]), id="other facts"),
    ],
)
def test_entrant_of_the_plan_is_taken(open_list: Draw, values: tuple[Any, ...]) -> None:
    with transaction.atomic():
        insert(open_list, 0, "W0", *values)
        transaction.set_rollback(True)
    complete(open_list)


def test_one_wrong_entrant_among_many_is_refused(open_list: Draw) -> None:
    """A statement of many rows is checked as one."""
    columns = "position, wester_id, total_yen, facts, lots, rewards, pid, nonces, commitment, mask"
    copied = (
        f"INSERT INTO lottery_entrant ({columns}, draw_id) SELECT {columns}, {open_list.pk}"
        f" FROM lottery_entrant WHERE draw_id <> {open_list.pk}"
    )

    with refused_as(OF_ITS_LIST):
        sql(copied.replace(f", {open_list.pk} FROM", f" | position / 2 * 8, {open_list.pk} FROM"))
    assert sql(copied) == 3
    complete(open_list, first=3)


def test_entrant_refuses_another_number_of_prizes(open_list: Draw) -> None:
    two = INSERT_ENTRANT.replace(" || sha256('n')", "", 1)

    with refused_as(OF_ITS_LIST):
        sql(two, open_list.pk, 0, "W0", 20_000, 1, 3, 3, [900, 6_000], "W0")
    complete(open_list)


def test_entrant_refuses_a_member_or_pid_twice_and_bytes_of_another_length(open_list: Draw) -> None:
    insert(open_list, 0, "W0", *FIRST)

    with refused_as("entrant_one_per_member"):
        insert(open_list, 1, "W0", *SECOND, pid="another")
    with refused_as("entrant_pid_once"):
        insert(open_list, 1, "W8", *SECOND, pid="W0")
    for was, changed in (
        ("decode(md5(%s), 'hex')", "decode(md5(%s), 'hex') || '\\x00'"),
        (" || sha256('n')", " || '\\x00'"),
        ("sha256('c')", "'\\x00'"),
    ):
        with refused_as("entrant_bytes_of_their_length"):
            sql(INSERT_ENTRANT.replace(was, changed), open_list.pk, 1, "W8", *SECOND, "W8")
    complete(open_list, first=1)


def test_entrant_of_no_draw_is_refused() -> None:
    with refused_as("entrant_of_its_list"):
        insert(0, 0, "W0", *FIRST)

    drawn_draw()


@pytest.mark.parametrize(
    "make", [pytest.param(drawn_draw, id="drawn"), pytest.param(confirmed_draw, id="confirmed")]
)
def test_awards_never_change(make: Any) -> None:
    draw: Draw = make(MEMBERS, budget_points=30_000)  # in any order some win, and not all
    drawn = Award.objects.filter(draw=draw).values("entrant_id")
    outside = Entrant.objects.filter(draw=draw).exclude(pk__in=drawn).first()
    assert outside

    for statement in (
        "UPDATE lottery_award SET points = 1",
        "UPDATE lottery_award SET rank = rank + 10",
        "DELETE FROM lottery_award",
    ):
        with refused_as("award_append_only"):
            sql(statement)
    with refused_as("award_of_the_result"):
        sql(INSERT_AWARD, draw.pk, outside.pk, 1, 3, 1, 1)
    with refused_as("award_rank_from_1"):
        sql(INSERT_AWARD, draw.pk, outside.pk, 1, 0, 1, 1)
    with refused_as("award_lot_from_1"):
        sql(INSERT_AWARD, draw.pk, outside.pk, 1, 3, 0, 1)
    with refused_as("award_rank_once"):
        sql(INSERT_AWARD, draw.pk, outside.pk, 1, 1, 1, outside.rewards[0])
    with refused_as("award_of_some_points"):
        sql(INSERT_AWARD, draw.pk, outside.pk, 1, 3, 1, 0)


# What the plan gives in the order W1, W2, W3: all that is left at the end is 501 points.
GIVEN = (
    ("W2", 1, 2, 2, 900),
    ("W1", 2, 1, 1, 2_500),
    ("W3", 2, 3, 3, 6_000),
    ("W1", 3, 1, 1, 133),
    ("W2", 3, 2, 1, 266),
    ("W3", 3, 3, 1, 201),
)


@pytest.fixture
def running() -> Draw:
    """Return a draw of three whose result says all winners and a rest, without its awards."""
    draw = published_draw(MEMBERS, **{**PLAN, "budget_points": 10_000})
    sql(
        "UPDATE lottery_draw SET state = 'drawn', drawn_at = round_time, round_json = '',"
        " result = '', winners_csv = '', winners = '{1,2,2}', total_points = 10_000,"
        " leftover_points = 0, ranks = decode('000000010000000200000003', 'hex')"
    )
    return draw


def award(draw: Draw, member: str, *values: int) -> None:
    """Insert an award; the values are prize, rank, lot and points."""
    entrant = Entrant.objects.get(wester_id=member, draw=draw)
    sql(INSERT_AWARD, draw.pk, entrant.pk, *values)


def award_all(draw: Draw, *, but: int = 0) -> None:
    for given in GIVEN[: len(GIVEN) - but]:
        award(draw, *given)


def test_awards_of_the_result_are_taken(running: Draw) -> None:
    award_all(running)

    connection.check_constraints()


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(("W3", 3, 3, 1, 400), id="more than the reward"),
        pytest.param(("W3", 3, 3, 1, 202), id="more than the total"),
        pytest.param(("W3", 3, 4, 1, 201), id="a rank beyond the list"),
        pytest.param(("W3", 3, 3, 4, 201), id="a lot that they do not have"),
        pytest.param(("W1", 1, 1, 1, 100), id="a prize that they may not win"),
        pytest.param(("W3", 4, 3, 1, 100), id="a prize that there is not"),
    ],
)
def test_award_refuses(running: Draw, given: tuple[Any, ...]) -> None:
    award_all(running, but=1)

    with refused_as("award_of_the_result"):
        award(running, *given)
    award(running, *GIVEN[-1])


def test_less_than_the_reward_is_refused_where_the_draw_stops() -> None:
    draw = published_draw(MEMBERS, **{**PLAN, "budget_points": 10_000, "edge": "stop"})
    sql(
        "UPDATE lottery_draw SET state = 'drawn', drawn_at = round_time, round_json = '',"
        " result = '', winners_csv = '', winners = '{1,2,2}', total_points = 9_799,"
        " leftover_points = 201, ranks = decode('000000010000000200000003', 'hex')"
    )

    with refused_as("award_of_the_result"):
        award(draw, *GIVEN[-1])
    award_all(draw, but=1)
    connection.check_constraints()


def test_award_of_another_draws_entrant_is_refused(running: Draw) -> None:
    other = frozen_draw({"W7": 5_000})

    with refused_as("award_of_the_result"):
        sql(INSERT_AWARD, running.pk, other.entrants.get().pk, 1, 1, 1, 900)
    award_all(running)


def test_awards_must_be_complete(running: Draw) -> None:
    award_all(running, but=1)

    with refused_as("draw_awards_complete"):
        connection.check_constraints()
    award(running, *GIVEN[-1])


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        pytest.param(
            (("W2", 3, 2, 1, 68), ("W3", 3, 3, 1, 399)),
            "draw_awards_complete",
            id="a partial award before the last",
        ),
        pytest.param(
            (("W2", 3, 2, 1, 266), ("W3", 3, 3, 1, 200)),
            "draw_awards_complete",
            id="a point less than the result says",
        ),
    ],
)
def test_awards_must_be_those_of_the_result(
    running: Draw, changed: tuple[tuple[Any, ...], ...], name: str
) -> None:
    with refused_as(name):
        for given in (*GIVEN[:4], *changed):
            award(running, *given)
        connection.check_constraints()
    award_all(running)


def test_who_has_an_earlier_prize_is_passed_over(running: Draw) -> None:
    with refused_as("draw_awards_pass_over_winners"):
        for given in (*GIVEN[:2], ("W2", 2, 2, 1, 6_000), *GIVEN[3:]):
            award(running, *given)
        connection.check_constraints()
    award_all(running)


def test_one_member_is_awarded_a_prize_once(running: Draw) -> None:
    award(running, *GIVEN[0])

    with refused_as("award_of_a_prize_once"):
        award(running, "W2", 1, 3, 1, 900)
    for given in GIVEN[1:]:
        award(running, *given)


def test_candidates_have_no_table() -> None:
    assert not Candidate._meta.managed
