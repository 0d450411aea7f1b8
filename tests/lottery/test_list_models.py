"""The database keeps the list and the awards whole: nothing more, nothing less, nothing else."""

from typing import Any

import pytest
from django.db import connection

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
    "reward_points": "1",
    "pid": "decode(md5('x'), 'hex')",
    "nonce": "sha256('x')",
    "commitment": "sha256('x')",
}
INSERT_ENTRANT = """
INSERT INTO lottery_entrant
    (draw_id, position, wester_id, total_yen, reward_points, pid, nonce, commitment)
VALUES (%s, %s, %s, %s, %s, decode(md5(%s), 'hex'), sha256('n'), sha256('c'))
"""
INSERT_AWARD = (
    "INSERT INTO lottery_award (draw_id, entrant_id, rank, points) VALUES (%s, %s, %s, %s)"
)


def test_entrant_never_changes() -> None:
    frozen_draw()

    for column, value in ENTRANT_CHANGES.items():
        with refused_as("entrant_append_only"):
            sql(f"UPDATE lottery_entrant SET {column} = {value}")


@pytest.mark.parametrize("make", STATES)
def test_list_never_changes_once_it_is_complete(make: Any) -> None:
    draw: Draw = make()

    for statement in (
        "UPDATE lottery_entrant SET reward_points = 1",
        "DELETE FROM lottery_entrant WHERE position = 0",
    ):
        with refused_as("entrant_append_only"):
            sql(statement)
    with refused_as("entrant_of_its_list"):
        sql(INSERT_ENTRANT, draw.pk, draw.entry_count, "W9", 5_000, 5_000, "W9")
    with refused_as("entrant_position_once"):
        sql(INSERT_ENTRANT, draw.pk, 0, "W9", 5_000, 5_000, "W9")


@pytest.fixture
def open_list() -> Draw:
    """Return a draw whose list is being written, as it is in the middle of a freeze."""
    done = void(published_draw(MEMBERS))
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
    for place in range(first, draw.entry_count):
        member = f"filled-{place}"
        sql(INSERT_ENTRANT, draw.pk, place, member, 5_000, 5_000, member)
    sql(
        f"UPDATE campaign_campaign SET entries_frozen_at = frozen_at FROM lottery_draw"
        f" WHERE lottery_draw.id = {draw.pk}"
    )
    connection.check_constraints()


@pytest.mark.parametrize(
    ("values", "name"),
    [
        pytest.param((3, "W8", 5_000, 5_000), "entrant_of_its_list", id="beyond the count"),
        pytest.param((-1, "W8", 5_000, 5_000), "entrant_position_from_0", id="before the first"),
        pytest.param((1, "W8", 4_999, 4_999), "entrant_of_its_list", id="below the minimum"),
        pytest.param((1, "W8", 5_000, 4_999), "entrant_of_its_list", id="a lower reward"),
        pytest.param((1, "W8", 5_000, 5_001), "entrant_of_its_list", id="a higher reward"),
        pytest.param((1, "W8", 20_001, 20_001), "entrant_of_its_list", id="above the cap"),
        pytest.param((1, "W8", 5_000, 0), "entrant_reward_from_1", id="no reward"),
        pytest.param((1, "W0", 5_000, 5_000), "entrant_one_per_member", id="a member twice"),
        pytest.param((0, "W8", 5_000, 5_000), "entrant_position_once", id="a place twice"),
    ],
)
def test_entrant_refuses(open_list: Draw, values: tuple[Any, ...], name: str) -> None:
    sql(INSERT_ENTRANT, open_list.pk, 0, "W0", 20_001, 20_000, "W0")

    with refused_as(name):
        sql(INSERT_ENTRANT, open_list.pk, *values, "another")
    complete(open_list, first=1)


def test_entrant_refuses_a_pid_twice_and_bytes_of_another_length(open_list: Draw) -> None:
    sql(INSERT_ENTRANT, open_list.pk, 0, "W0", 5_000, 5_000, "W0")

    with refused_as("entrant_pid_once"):
        sql(INSERT_ENTRANT, open_list.pk, 1, "W8", 5_000, 5_000, "W0")
    for column in ("decode(md5(%s), 'hex')", "sha256('n')", "sha256('c')"):
        with refused_as("entrant_bytes_of_their_length"):
            changed = "decode(md5(%s), 'hex') || '\\x00'" if "%s" in column else "'\\x00'"
            sql(INSERT_ENTRANT.replace(column, changed), open_list.pk, 1, "W8", 5_000, 5_000, "W8")
    complete(open_list, first=1)


def test_entrant_of_no_draw_is_refused() -> None:
    with refused_as("entrant_of_its_list"):
        sql(INSERT_ENTRANT, 0, 0, "W0", 5_000, 5_000, "W0")

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
        sql(INSERT_AWARD, draw.pk, outside.pk, (draw.winners or 0) + 1, 1)
    with refused_as("award_rank_from_1"):
        sql(INSERT_AWARD, draw.pk, outside.pk, 0, 1)
    with refused_as("award_rank_once"):
        sql(INSERT_AWARD, draw.pk, outside.pk, 1, outside.reward_points)
    with refused_as("award_of_some_points"):
        sql(INSERT_AWARD, draw.pk, outside.pk, 2, 0)


@pytest.fixture
def running() -> Draw:
    """Return a draw of three whose result says two winners and a rest, without its awards."""
    draw = published_draw(MEMBERS)
    sql(
        "UPDATE lottery_draw SET state = 'drawn', drawn_at = round_time, round_json = '',"
        " result = '', winners_csv = '', winners = 2, total_points = 17_841, leftover_points = 0"
    )
    return draw


def award(draw: Draw, member: str, rank: int, points: int) -> None:
    entrant = Entrant.objects.get(wester_id=member, draw=draw)
    sql(INSERT_AWARD, draw.pk, entrant.pk, rank, points)


def test_awards_of_the_result_are_taken(running: Draw) -> None:
    for given in (("W1", 1, 5_000), ("W2", 2, 12_340), ("W3", 3, 501)):
        award(running, *given)

    connection.check_constraints()


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(("W3", 2, 19_999), id="a winner with less than the reward"),
        pytest.param(("W2", 2, 12_341), id="a winner with more than the reward"),
        pytest.param(("W3", 2, 20_000), id="more than the total"),
        pytest.param(("W2", 3, 12_340), id="a rest that is the whole reward"),
        pytest.param(("W2", 4, 10), id="a place beyond the rest"),
    ],
)
def test_award_refuses(running: Draw, given: tuple[str, int, int]) -> None:
    award(running, "W1", 1, 5_000)

    with refused_as("award_of_the_result"):
        award(running, *given)
    award(running, "W2", 2, 12_340)
    award(running, "W3", 3, 501)


def test_award_of_another_draws_entrant_is_refused(running: Draw) -> None:
    other = frozen_draw({"W7": 5_000})

    with refused_as("award_of_the_result"):
        sql(INSERT_AWARD, running.pk, other.entrants.get().pk, 1, 5_000)
    for given in (("W1", 1, 5_000), ("W2", 2, 12_340), ("W3", 3, 501)):
        award(running, *given)


def test_awards_must_be_complete(running: Draw) -> None:
    award(running, "W1", 1, 5_000)

    with refused_as("draw_awards_complete"):
        connection.check_constraints()
    award(running, "W2", 2, 12_340)
    award(running, "W3", 3, 501)


def test_one_member_is_awarded_once(running: Draw) -> None:
    award(running, "W1", 1, 5_000)
    entrant = Entrant.objects.get(wester_id="W1")

    with refused_as("lottery_award_entrant_id_key"):
        sql(INSERT_AWARD, running.pk, entrant.pk, 2, 5_000)
    award(running, "W2", 2, 12_340)
    award(running, "W3", 3, 501)


def test_candidates_have_no_table() -> None:
    assert not Candidate._meta.managed
