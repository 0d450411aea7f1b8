"""The keys of transfers, against literals that were computed outside this project by sha256sum.

A key that changed its form would no longer meet what the points system and older rows know.
"""

import hashlib

import pytest
from django.db import connection

from points import keys
from points.models import Transfer
from points.verifying import verify_ledger
from tests.database import every_trigger_off
from tests.factories.campaign import CampaignFactory
from tests.factories.lottery import enter_members, frozen_draw, publish, run
from tests.guards import sql
from tests.points.steps import confirm

MANIFEST, PID, PRIZE = bytes(range(32)), bytes(range(32, 48)), 2
OF_AN_AWARD = {  # printf 'credit/v2\x00\x00\x01…\x2f\x00\x02' | sha256sum
    "credit/v2": "1b286406c75fb223410038954ea3de46f81db3fd4bfe0b5be963e61dda7d112f",
    "reserve/v2": "3b5e71319c59efbe2a87b142965e0157c11a2deff8737d6b5a7664c75faa46e6",
    "release/v2": "107c9bc7a29307d503af82eb701710b006ce5cea3040b79fe546c796555426d8",
    "forfeit/v2": "37a51ffe9352199f21da202d99f16600bbe3a3f59ceef231b1f151fdde253bde",
    "expire/v2": "591c1b2b62473f4e04c5b2de4b2893ec0922afa1e8143f1c0691b4d2f7c737ae",
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
    assert keys.award_key(step, MANIFEST, PID, PRIZE).hex() == OF_AN_AWARD[step]
    function = "points_award_key(%s::bytea, %s::bytea, %s::bytea, %s::smallint)"
    assert computed(function, step.encode(), MANIFEST, PID, PRIZE) == OF_AN_AWARD[step]


def test_the_key_of_a_credit_is_that_of_the_protocol() -> None:
    """Source: the check values of pointdraw/2."""
    manifest = hashlib.sha256(b"example manifest").digest()

    assert keys.award_key(keys.CREDIT, manifest, bytes(range(16)), 2).hex() == (
        "3ecbb0b0556e94c36bcd2db060caad8bcdd61d41fcc8798a2616bf6f4ba7805f"
    )


@pytest.mark.django_db
def test_a_key_of_a_reversal_is_the_same_everywhere() -> None:
    assert keys.transfer_key(keys.REVERSE, MANIFEST).hex() == REVERSAL
    assert computed("points_transfer_key('reverse/v1', %s::bytea)", MANIFEST) == REVERSAL


@pytest.mark.parametrize("version", GRANTS)
@pytest.mark.django_db
def test_a_key_of_a_grant_is_the_same_everywhere(version: int) -> None:
    assert keys.grant_key(CODE, version).hex() == GRANTS[version]


@pytest.mark.parametrize(
    "call",
    [
        "points_transfer_key('reverse/v1', key)",
        "points_award_key('credit/v2', key, payload, 1::smallint)",
    ],
)
@pytest.mark.django_db
def test_postgres_inlines_the_formula(call: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN VERBOSE SELECT {call} FROM points_transfer")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "sha256(" in plan
    assert "_key(" not in plan


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
