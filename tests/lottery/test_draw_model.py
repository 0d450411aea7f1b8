"""The database keeps a draw as it was frozen, published, run, confirmed or void: by raw SQL."""

from collections.abc import Callable

import pytest

from lottery.models import Draw
from tests.factories.campaign import UserFactory
from tests.factories.lottery import (
    confirmed_draw,
    drawn_draw,
    frozen_draw,
    published_draw,
)
from tests.guards import refused_as, sql
from tests.lottery.rows import NO_RESULT, STATES, change, in_every_state, set_state

pytestmark = pytest.mark.django_db
FROZEN_PART = {
    "campaign_id": "0",
    "sequence": "sequence + 1",
    "terms_id": "0",
    "chain": "'quicknet'",
    "round": "round + 1",
    "round_time": "round_time + interval '1 day'",
    "publish_by": "publish_by - interval '1 second'",
    "frozen_at": "frozen_at - interval '1 second'",
    "entry_count": "entry_count + 1",
    "lots_total": "lots_total + 1",
    "eligible": "ARRAY[0]",
    "terms_json": "terms_json || '\\x00'",
    "manifest": "manifest || '\\x00'",
    "manifest_sha256": "sha256('other')",
    "signature": "reverse(signature)",
    "verifier": "verifier || '\\x00'",
    "subtrees": "sha256('other')",
}
RESULT = {
    "drawn_at": "drawn_at + interval '1 second'",
    "round_json": "round_json || '\\x00'",
    "result": "result || '\\x00'",
    "winners_csv": "winners_csv || '\\x00'",
    "ranks": "set_byte(ranks, 0, 1)",
    "winners": "ARRAY[0]",
    "total_points": "total_points - 1",
    "leftover_points": "leftover_points - 1",
}


@in_every_state
def test_what_the_freeze_settled_never_changes(make: Callable[[], Draw]) -> None:
    draw = make()

    for column, value in FROZEN_PART.items():
        with refused_as("draw_frozen_part_stays"):
            change(draw, f"{column} = {value}")


@pytest.mark.parametrize(
    "make", [pytest.param(STATES[state], id=state) for state in ("drawn", "confirmed")]
)
def test_result_never_changes(make: Callable[[], Draw]) -> None:
    draw = make()

    for column, value in RESULT.items():
        with refused_as("draw_result_stays"):
            change(draw, f"{column} = {value}")


def test_result_is_not_replaced_by_confirming_or_voiding() -> None:
    draw = drawn_draw()
    user = UserFactory.create()

    with refused_as("draw_result_stays"):
        change(
            draw,
            "state = 'confirmed', confirmed_at = drawn_at, confirmed_by_id = %s, winners = '{0}'",
            user.pk,
        )
    with refused_as("draw_result_stays"):
        change(
            draw,
            "state = 'void', voided_at = drawn_at, voided_by_id = %s, void_reason = 'x',"
            " result = '\\x00'",
            user.pk,
        )


ILLEGAL = {
    "frozen": ["confirmed"],
    "published": ["frozen", "confirmed"],
    "drawn": ["frozen", "published"],
    "confirmed": ["frozen", "published", "drawn"],
    "void": ["frozen", "published", "drawn", "confirmed"],
}


@pytest.mark.parametrize(
    ("state", "then"),
    [
        pytest.param(state, then, id=f"from {state} to {then}")
        for state, illegal in ILLEGAL.items()
        for then in illegal
    ],
)
def test_draw_never_moves(state: str, then: str) -> None:
    draw = STATES[state]()
    setting, parameters = set_state(then, UserFactory.create())

    with refused_as("draw_moves_forward"):
        change(draw, setting, *parameters)


@pytest.mark.parametrize(
    ("make", "setting", "name"),
    [
        pytest.param(
            published_draw,
            "published_at = published_at + interval '1 second'",
            "draw_publication_stays",
            id="the instant of the publication",
        ),
        pytest.param(
            confirmed_draw,
            "confirmed_at = confirmed_at + interval '1 second'",
            "draw_confirmation_stays",
            id="the instant of the confirmation",
        ),
        pytest.param(
            STATES["void"], "void_reason = 'other'", "draw_void_stays", id="the reason of a void"
        ),
        pytest.param(
            frozen_draw, "void_reason = 'other'", "draw_void_stays", id="a reason without a void"
        ),
        pytest.param(
            STATES["void"],
            NO_RESULT,
            "draw_result_stays",
            id="a result after a void",
        ),
    ],
)
def test_written_once(make: Callable[[], Draw], setting: str, name: str) -> None:
    draw = make()

    with refused_as(name):
        change(draw, setting)


@pytest.mark.parametrize(
    "setting",
    [
        pytest.param("pid_key = 'other'", id="another K"),
        pytest.param("nonce_key = 'other'", id="another K2"),
        pytest.param("pid_key = NULL", id="K erased by nobody"),
    ],
)
def test_keys_are_never_replaced(setting: str) -> None:
    draw = confirmed_draw()

    with refused_as("draw_keys_are_only_erased"):
        change(draw, setting)


ERASE = "pid_key = NULL, nonce_key = NULL, forgotten_at = drawn_at, forgotten_by_id = %s"


def test_keys_are_erased_once_and_together() -> None:
    draw, user = confirmed_draw(), UserFactory.create()

    with refused_as("draw_keys_held_or_erased"):
        change(draw, "pid_key = NULL, forgotten_at = drawn_at, forgotten_by_id = %s", user.pk)
    assert change(draw, ERASE, user.pk) == 1
    with refused_as("draw_keys_are_only_erased"):
        change(draw, "forgotten_at = forgotten_at + interval '1 second'")


def test_keys_stay_until_a_draw_is_confirmed_or_void() -> None:
    draw = published_draw()

    with refused_as("draw_keys_held_to_its_end"):
        change(
            draw,
            "pid_key = NULL, nonce_key = NULL, forgotten_at = frozen_at, forgotten_by_id = %s",
            UserFactory.create().pk,
        )


@in_every_state
def test_draw_is_never_deleted(make: Callable[[], Draw]) -> None:
    draw = make()

    with refused_as("draw_never_deleted"):
        sql(f"DELETE FROM lottery_draw WHERE id = {draw.pk}")


@pytest.mark.parametrize(
    ("table", "name"),
    [
        pytest.param("lottery_draw", "draw_never_truncated", id="draws"),
        pytest.param("lottery_entrant", "entrant_never_truncated", id="the list"),
        pytest.param("lottery_award", "award_never_truncated", id="awards"),
    ],
)
def test_table_is_never_truncated(table: str, name: str) -> None:
    with refused_as(name):
        sql(f"TRUNCATE {table} CASCADE")

    drawn_draw()


@in_every_state
def test_entries_stay_frozen_while_a_draw_stands(make: Callable[[], Draw]) -> None:
    draw = make()
    reopen = f"UPDATE campaign_campaign SET entries_frozen_at = NULL WHERE id = {draw.campaign_id}"

    if draw.state == Draw.State.VOID:
        assert sql(reopen) == 1
        return
    for statement in (reopen, reopen.replace("NULL", "now()")):
        with refused_as("campaign_frozen_while_drawn"):
            sql(statement)


@in_every_state
def test_terms_of_a_draw_never_change(make: Callable[[], Draw]) -> None:
    draw = make()
    is_void = draw.state == Draw.State.VOID

    with refused_as("terms_published_never_change" if is_void else "terms_none_follow_freeze"):
        sql(f"UPDATE campaign_terms SET budget_points = 1 WHERE id = {draw.terms_id}")
