"""The database takes a draw only whole, in its turn and in time: by raw SQL."""

import pytest
from django.db import connection

from lottery.models import Draw
from tests.database import trigger_off
from tests.factories.campaign import CampaignFactory, UserFactory
from tests.factories.lottery import (
    closed_campaign,
    frozen_draw,
    published_draw,
    run,
    void,
)
from tests.guards import refused_as, sql
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
            {"entry_count": "10_000_001", "lots_total": "10_000_001"},
            "draw_counts_in_range",
            id="more than ten million",
        ),
        pytest.param({"lots_total": "2"}, "draw_counts_in_range", id="fewer lots than entrants"),
        pytest.param(
            {"lots_total": "100_000_001"}, "draw_counts_in_range", id="more than 100 million lots"
        ),
        pytest.param({"eligible": "'{}'"}, "draw_eligible_by_prize", id="of no prize"),
        pytest.param({"eligible": "'{4}'"}, "draw_eligible_by_prize", id="more than entrants"),
        pytest.param({"eligible": "'{3,-1}'"}, "draw_eligible_by_prize", id="fewer than nobody"),
        pytest.param(
            {"eligible": "array_fill(3, ARRAY[17])"}, "draw_eligible_by_prize", id="17 prizes"
        ),
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
    copy_list(draw)
    sql("UPDATE campaign_campaign SET entries_frozen_at = frozen_at FROM lottery_draw")
    connection.check_constraints()


def copy_list(draw: Draw) -> None:
    """Copy the entrants of a draw into the other one."""
    sql(
        "INSERT INTO lottery_entrant (draw_id, position, wester_id, total_yen, facts, lots, mask,"
        " rewards, pid, nonces, commitment) SELECT next.id, position, wester_id, total_yen, facts,"
        " lots, mask, rewards, pid, nonces, commitment FROM lottery_entrant old, lottery_draw next"
        f" WHERE old.draw_id = {draw.pk} AND next.id <> {draw.pk}"
    )


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({}, id="its entrants"),
        pytest.param({"lots_total": "lots_total + 1"}, id="a lot"),
        pytest.param({"eligible": "'{2}'"}, id="one who may win the prize"),
        pytest.param({"eligible": "'{3,0}'"}, id="a prize"),
    ],
)
def test_draw_is_refused_without_its_whole_list(changed: dict[str, str]) -> None:
    draw = void(published_draw())
    sql("UPDATE campaign_campaign SET entries_frozen_at = frozen_at FROM lottery_draw")

    with refused_as("draw_list_complete"):
        sql(copied(draw, **NEXT, **changed))
        if changed:
            copy_list(draw)
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


@pytest.mark.parametrize(
    ("sequence", "name"), [("sequence", "draw_sequence_once"), ("0", "draw_sequence_from_1")]
)
def test_a_sequence_is_from_1_and_once_even_without_the_order(sequence: str, name: str) -> None:
    draw = void(published_draw())

    with trigger_off("draw_follows_its_predecessor"), refused_as(name):
        sql(copied(draw, **NEXT | {"sequence": sequence}))


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


@pytest.mark.parametrize(
    ("was", "wrong", "name"),
    [
        pytest.param(
            "repeat('00000000', entry_count)",
            "'00'",
            "draw_ranks_of_its_entries",
            id="a rank too short",
        ),
        pytest.param(
            "ARRAY[cardinality(eligible)]",
            "ARRAY[2]",
            "draw_winners_by_prize",
            id="winners of another plan",
        ),
        pytest.param(
            "array_fill(0", "array_fill(1", "draw_winners_by_prize", id="more winners than entrants"
        ),
        pytest.param(
            "array_fill(0", "array_fill(-1", "draw_winners_by_prize", id="fewer than none"
        ),
    ],
)
def test_result_of_another_list_is_refused(was: str, wrong: str, name: str) -> None:
    draw = published_draw({})
    setting, _none = set_state("drawn", UserFactory.create())

    with refused_as(name):
        change(draw, setting.replace(was, wrong))
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
