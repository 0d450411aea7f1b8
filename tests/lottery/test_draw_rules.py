"""The database takes a draw only whole, in its turn and in time: by raw SQL."""

import pytest
from django.db import connection

from lottery.models import Draw
from tests.campaign.refused import refused_as, sql
from tests.factories.campaign import CampaignFactory, UserFactory
from tests.factories.lottery import (
    closed_campaign,
    frozen_draw,
    published_draw,
    run,
    void,
)
from tests.lottery.rows import change, set_state

pytestmark = pytest.mark.django_db


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


def test_campaign_without_draws_can_be_frozen_and_unfrozen() -> None:
    campaign = CampaignFactory.create(published=True)

    for value in ("now()", "now() + interval '1 day'", "NULL"):
        assert sql(
            f"UPDATE campaign_campaign SET entries_frozen_at = {value} WHERE id = {campaign.pk}"
        )
