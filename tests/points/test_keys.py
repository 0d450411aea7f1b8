"""The keys of transfers, against literals that were computed outside this project by sha256sum.

A key that changed its form would no longer meet what the points system and older rows know.
"""

import pytest
from django.db import connection

from points import keys
from points.models import Transfer
from points.verifying import verify_ledger
from tests.campaign.refused import sql
from tests.database import every_trigger_off
from tests.factories.campaign import CampaignFactory
from tests.factories.lottery import enter_members, frozen_draw, publish, run
from tests.points.steps import confirm

MANIFEST, PID = bytes(range(32)), bytes(range(32, 64))
OF_AN_AWARD = {  # printf 'credit/v1\x00\x00\x01…\x3f' | sha256sum
    "credit/v1": "30d6c8dd8e47966b546e4fca04f9b19928afd4e6e30113eecfd8f2502e9ce352",
    "reserve/v1": "28f25cf813b682aa8f137f03841394148fa189f4130258675fee0eb08c981407",
    "release/v1": "fb96d9d20ba52767fc2b25d9d1375dbf0c142b07f2538c82fb170db47df41ebb",
    "forfeit/v1": "bfcd3a96c2c856c97a5e07bc14ee28f36f60042a141c06149133c0739d49c6dd",
    "expire/v1": "5e474b9c5084f110b9a2556ec17bf8b6d6f7f552bd8be412a01309fdd0e33351",
}
REVERSAL = "0e43d30ec9ae671ad26b3a7cf82af084310583f7b399526587da97b547c7255b"
CODE = "012025121203"
GRANTS = {  # printf 'grant/v1\x00012025121203\x00\x00\x00\x00\x00\x00\x00\x00\x01' | sha256sum
    1: "107c32fd4f3ac0b35ead61cb97a646dd37069ddba5a328dc7da699ade85ce94a",
    258: "551ec73421d77ead7a663d32d53a70a8a85d7c701f75ca1ed339ef6251d6680f",
}


def computed(expression: str, *values: bytes | str | int) -> str:
    """Return the hash that PostgreSQL computes."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT encode({expression}, 'hex')", values)
        return str(cursor.fetchone()[0])


@pytest.mark.parametrize("step", OF_AN_AWARD)
@pytest.mark.django_db
def test_a_key_of_an_award_is_the_same_everywhere(step: str) -> None:
    assert keys.transfer_key(step, MANIFEST, PID).hex() == OF_AN_AWARD[step]
    found = computed("points_transfer_key(%s::bytea, %s::bytea)", step.encode(), MANIFEST + PID)
    assert found == OF_AN_AWARD[step]


@pytest.mark.django_db
def test_a_key_of_a_reversal_is_the_same_everywhere() -> None:
    assert keys.transfer_key(keys.REVERSE, MANIFEST).hex() == REVERSAL
    assert computed("points_transfer_key('reverse/v1', %s::bytea)", MANIFEST) == REVERSAL


@pytest.mark.parametrize("version", GRANTS)
@pytest.mark.django_db
def test_a_key_of_a_grant_is_the_same_everywhere(version: int) -> None:
    assert keys.grant_key(CODE, version).hex() == GRANTS[version]


@pytest.mark.django_db
def test_postgres_inlines_the_formula() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN VERBOSE SELECT points_transfer_key('reverse/v1', key) FROM points_transfer"
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "sha256(" in plan
    assert "points_transfer_key" not in plan


@pytest.fixture
def grant(db: None) -> Transfer:
    """Return the grant of the first campaign's first terms, as a confirmation makes it."""
    campaign = CampaignFactory.create(code=CODE, published=True)
    enter_members(campaign, {"W1": 5_000})
    confirm(run(publish(frozen_draw(campaign=campaign))))
    return Transfer.objects.get(kind="grant")


def test_a_grant_has_its_key(grant: Transfer) -> None:
    assert bytes(grant.key).hex() == GRANTS[1]
    assert verify_ledger().ok


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param("key = sha256(key)", id="of nothing that there is"),
        pytest.param(f"key = '\\x{GRANTS[258]}'", id="of terms that never were"),
    ],
)
def test_another_key_of_a_grant_is_found(harm: str, grant: Transfer) -> None:
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    with every_trigger_off():
        sql(f"UPDATE points_transfer SET {harm} WHERE kind = 'grant'")

    assert [(one.code, one.examples) for one in verify_ledger().findings] == [
        ("key_differs", [grant.pk])
    ]
