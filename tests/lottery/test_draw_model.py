"""The database keeps a draw as it was frozen, published, run, confirmed or void: by raw SQL."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from campaign.models import User
from lottery.models import Draw
from tests.campaign.refused import refused_as, sql
from tests.factories.campaign import CampaignFactory, UserFactory
from tests.factories.lottery import (
    closed_campaign,
    confirmed_draw,
    drawn_draw,
    frozen_draw,
    published_draw,
    run,
    void,
)

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
    "winners": "winners - 1",
    "total_points": "total_points - 1",
    "leftover_points": "leftover_points - 1",
}
NO_RESULT = (
    "drawn_at = round_time, round_json = '', result = '', winners_csv = '', winners = 0,"
    " total_points = 0, leftover_points = 0"
)
STATES = {
    "frozen": frozen_draw,
    "published": published_draw,
    "drawn": drawn_draw,
    "confirmed": confirmed_draw,
    "void": lambda: void(published_draw()),
    "void and run": lambda: void(drawn_draw(), at=reread_round()),
}
in_every_state = pytest.mark.parametrize(
    "make", [pytest.param(make, id=state) for state, make in STATES.items()]
)


def reread_round() -> Any:
    """Return the instant of the only draw's round."""
    return Draw.objects.values_list("round_time", flat=True).get()


def change(draw: Draw, setting: str, *parameters: Any) -> int:
    """Change a draw's row past everything that the program promises."""
    return sql(f"UPDATE lottery_draw SET {setting} WHERE id = {draw.pk}", *parameters)


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
            "state = 'confirmed', confirmed_at = drawn_at, confirmed_by_id = %s, winners = 0",
            user.pk,
        )
    with refused_as("draw_result_stays"):
        change(
            draw,
            "state = 'void', voided_at = drawn_at, voided_by_id = %s, void_reason = 'x',"
            " result = '\\x00'",
            user.pk,
        )


def set_state(state: str, user: User) -> tuple[str, list[Any]]:
    """Return the statement that moves a draw to a state with everything that belongs to it."""
    settings = {
        "frozen": ("", []),
        "published": (", published_at = frozen_at, published_by_id = %s", [user.pk]),
        "drawn": (
            f", {NO_RESULT}",
            [],
        ),
        "confirmed": (", confirmed_at = round_time, confirmed_by_id = %s", [user.pk]),
        "void": (
            ", voided_at = frozen_at, voided_by_id = %s, void_reason = 'x'",
            [user.pk],
        ),
    }
    more, parameters = settings[state]
    return f"state = '{state}'{more}", parameters


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


def test_keys_are_held_while_a_draw_goes_on() -> None:
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


def copied(draw: Draw, **changed: str) -> str:
    """Return the statement that inserts a copy of a draw with some columns changed."""
    columns = [str(one.column) for one in Draw._meta.concrete_fields if one.column != "id"]
    values = ", ".join(changed.get(column, column) for column in columns)
    return (
        f"INSERT INTO lottery_draw ({', '.join(columns)}) "
        f"SELECT {values} FROM lottery_draw WHERE id = {draw.pk}"
    )


NEXT = {
    "state": "'frozen'",
    "sequence": "sequence + 1",
    "round": "round + 1",
    "round_time": "round_time + interval '3 seconds'",
    "manifest": "manifest || '\\x00'",
    "manifest_sha256": "sha256(manifest || '\\x00')",
    **dict.fromkeys(("published_at", "published_by_id", "voided_at", "voided_by_id"), "NULL"),
    "void_reason": "''",
}


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        pytest.param({"sequence": "sequence"}, "draw_sequence_without_gaps", id="the same number"),
        pytest.param({"sequence": "sequence + 2"}, "draw_sequence_without_gaps", id="a gap"),
        pytest.param({"round_time": "round_time"}, "draw_names_a_later_round", id="the same round"),
        pytest.param({"terms_id": "0"}, "draw_under_published_terms", id="no terms"),
        pytest.param({"state": "'published'"}, "draw_begins_frozen", id="published at once"),
        pytest.param(
            {"published_at": "frozen_at"}, "draw_in_one_whole_state", id="published in part"
        ),
        pytest.param({"chain": "'other'"}, "draw_chain_known", id="an unknown chain"),
        pytest.param({"round": "0"}, "draw_round_from_1", id="no round"),
        pytest.param(
            {"publish_by": "frozen_at - interval '1 second'"},
            "draw_instants_in_order",
            id="frozen after the instant to publish by",
        ),
        pytest.param(
            {"frozen_at": "frozen_at + interval '1 millisecond'"},
            "draw_instants_whole_seconds",
            id="a fraction of a second",
        ),
        pytest.param({"entry_count": "-1"}, "draw_counts_in_range", id="fewer than none"),
        pytest.param(
            {"manifest_sha256": "sha256('other')"},
            "draw_hash_is_of_its_manifest",
            id="the hash of something else",
        ),
        pytest.param({"signature": "upper(signature)"}, "draw_signature_is_hex", id="upper case"),
        pytest.param(
            {"subtrees": "subtrees || subtrees"},
            "draw_subtrees_of_its_entries",
            id="more subtrees than entries have",
        ),
        pytest.param(
            {"manifest": "manifest", "manifest_sha256": "manifest_sha256"},
            "draw_manifest_once",
            id="the manifest of another draw",
        ),
        pytest.param({"pid_key": "NULL"}, "draw_keys_held_or_erased", id="no key"),
    ],
)
def test_next_draw_refuses(changed: dict[str, str], name: str) -> None:
    draw = void(published_draw())

    with refused_as(name):
        sql(copied(draw, **{**NEXT, **changed}))


def test_next_draw_is_taken_with_its_list() -> None:
    draw = void(published_draw())

    assert sql(copied(draw, **NEXT)) == 1
    sql(
        "INSERT INTO lottery_entrant (draw_id, position, wester_id, total_yen, reward_points, pid,"
        " nonce, commitment) SELECT next.id, position, wester_id, total_yen, reward_points, pid,"
        f" nonce, commitment FROM lottery_entrant old, lottery_draw next"
        f" WHERE old.draw_id = {draw.pk} AND next.id <> {draw.pk}"
    )
    sql("UPDATE campaign_campaign SET entries_frozen_at = frozen_at FROM lottery_draw")
    connection.check_constraints()


def test_draw_is_refused_without_its_list() -> None:
    draw = void(published_draw())
    sql("UPDATE campaign_campaign SET entries_frozen_at = frozen_at FROM lottery_draw")

    with refused_as("draw_list_complete"):
        sql(copied(draw, **NEXT))
        connection.check_constraints()


def test_draw_is_refused_where_entries_stay_open() -> None:
    draw = void(frozen_draw({}))

    with refused_as("draw_freezes_the_entries"):
        sql(copied(draw, **NEXT))
        connection.check_constraints()


def test_second_draw_that_is_not_void_is_refused() -> None:
    draw = published_draw()

    with refused_as("draw_one_that_is_not_void"):
        sql(copied(draw, **NEXT))


def test_sequence_begins_with_1_in_every_campaign() -> None:
    first, second = frozen_draw(), frozen_draw({}, campaign=closed_campaign({}))

    assert (first.sequence, second.sequence) == (1, 1)
    names = {constraint.name for constraint in Draw._meta.constraints}
    # Both follow from the sequence without gaps; they hold where that trigger were gone.
    assert {"draw_sequence_once", "draw_sequence_from_1"} <= names


@pytest.mark.parametrize(
    ("setting", "name"),
    [
        pytest.param(
            "state = 'published', published_at = publish_by + interval '1 second',"
            " published_by_id = %s",
            "draw_published_in_time",
            id="published too late",
        ),
        pytest.param(
            "state = 'void', voided_at = round_time, voided_by_id = %s, void_reason = 'x'",
            "draw_void_before_its_round_or_run",
            id="void when the round was there, and not run",
        ),
        pytest.param(
            "state = 'void', voided_at = frozen_at, voided_by_id = %s",
            "draw_in_one_whole_state",
            id="void without a reason",
        ),
    ],
)
def test_frozen_draw_refuses(setting: str, name: str) -> None:
    draw = frozen_draw()

    with refused_as(name):
        change(draw, setting, UserFactory.create().pk)


@pytest.mark.parametrize(
    "setting",
    [
        pytest.param(
            "state = 'published', published_at = publish_by, published_by_id = %s",
            id="published at the last instant",
        ),
        pytest.param(
            "state = 'void', voided_at = round_time - interval '1 microsecond',"
            " voided_by_id = %s, void_reason = 'x'",
            id="void just before the round",
        ),
    ],
)
def test_frozen_draw_takes(setting: str) -> None:
    draw = frozen_draw()

    assert change(draw, setting, UserFactory.create().pk) == 1


def test_draw_is_not_run_before_its_round() -> None:
    draw = published_draw({})
    setting, _none = set_state("drawn", UserFactory.create())

    with refused_as("draw_run_after_its_round"):
        change(draw, setting.replace("= round_time", "= round_time - interval '1 microsecond'"))
    assert change(draw, setting) == 1


def test_never_published_draw_is_not_confirmed() -> None:
    draw = run(frozen_draw(), to_void=True)

    with refused_as("draw_in_one_whole_state"):
        change(
            draw,
            "state = 'confirmed', confirmed_at = drawn_at, confirmed_by_id = %s",
            UserFactory.create().pk,
        )


def test_campaign_without_draws_takes_any_mark() -> None:
    campaign = CampaignFactory.create(published=True)

    for value in ("now()", "now() + interval '1 day'", "NULL"):
        assert sql(
            f"UPDATE campaign_campaign SET entries_frozen_at = {value} WHERE id = {campaign.pk}"
        )
