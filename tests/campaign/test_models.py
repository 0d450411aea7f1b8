"""The database refuses what must not be, each thing under its own name, and nothing beside it."""

from typing import Any

import pytest
from django.db.models import ProtectedError

from campaign.models import Campaign
from core.models import Approval, AuditRecord, DemoClock
from tests.database import as_owner
from tests.factories.campaign import (
    AT,
    LATER,
    ApprovalFactory,
    AuditRecordFactory,
    CampaignFactory,
    TermsFactory,
    UserFactory,
)
from tests.guards import refused_as, sql

pytestmark = pytest.mark.django_db
SHA256 = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("", id="empty"),
        pytest.param("a b", id="a space"),
        pytest.param("a\n", id="a line end after it"),
        pytest.param("a.b", id="a full stop"),
        pytest.param("年末", id="not ASCII"),
        pytest.param("１", id="a full-width digit"),
    ],
)
def test_campaign_code_is_an_identifier(code: str) -> None:
    with refused_as("campaign_code_is_identifier"):
        CampaignFactory.create(code=code)

    CampaignFactory.create(code="a")


@pytest.mark.parametrize("code", ["a", "-", "_", "Az09-_" + "0" * 34])
def test_campaign_code_accepts_every_identifier(code: str) -> None:
    assert CampaignFactory.create(code=code).code == code


def test_campaign_code_is_given_once() -> None:
    CampaignFactory.create(code="one")
    CampaignFactory.create(code="ONE")

    with refused_as("campaign_campaign_code_key"):
        CampaignFactory.create(code="one")


def test_campaign_code_never_changes_and_it_may_be_frozen() -> None:
    campaign = CampaignFactory.create(code="one")

    with refused_as("campaign_code_stays"):
        sql("UPDATE campaign_campaign SET code = 'two'")

    campaign.entries_frozen_at = AT
    campaign.save(update_fields=["entries_frozen_at"])
    assert Campaign.objects.get(code="one").entries_frozen_at == AT


def test_campaign_with_terms_is_never_deleted() -> None:
    campaign = CampaignFactory.create(draft=True)

    with pytest.raises(ProtectedError):
        campaign.delete()


def decide(state: str, *, by_another: bool, **values: Any) -> None:
    """Move an open request to a state, past the ORM's own ideas."""
    approval = ApprovalFactory.create()
    decided_by = UserFactory.create() if by_another else approval.requested_by
    values = {"decided_by": decided_by, "decided_at": LATER, **values}
    Approval.objects.filter(pk=approval.pk).update(state=state, **values)


@pytest.mark.parametrize(
    ("state", "missing"),
    [
        pytest.param("open", {}, id="open, and decided"),
        pytest.param("open", {"decided_by": None}, id="open, and decided at an instant"),
        pytest.param("open", {"decided_at": None}, id="open, and decided by somebody"),
        pytest.param("approved", {"decided_by": None}, id="approved by nobody"),
        pytest.param("approved", {"decided_at": None}, id="approved at no time"),
        pytest.param("refused", {"decided_by": None}, id="refused by nobody"),
        pytest.param("refused", {"decided_at": None}, id="refused at no time"),
        pytest.param("superseded", {}, id="superseded by a person's decision"),
        pytest.param("superseded", {"decided_by": None, "decided_at": None}, id="at no time"),
        pytest.param("withdrawn", {}, id="a state that there is not"),
    ],
)
def test_approval_is_open_or_ended(state: str, missing: dict[str, None]) -> None:
    with refused_as("approval_open_or_ended"):
        decide(state, by_another=True, **missing)

    decide("approved", by_another=True)


@pytest.mark.parametrize("state", ["approved", "refused", "superseded"])
def test_approval_ends_in_each_of_its_states(state: str) -> None:
    approval = ApprovalFactory.create(**{state: True})

    approval.refresh_from_db()
    assert (approval.state, approval.decided_at) == (state, LATER)


def test_approval_is_by_another_person_and_its_withdrawal_by_anybody() -> None:
    with refused_as("approval_by_another_person"):
        decide("approved", by_another=False)

    decide("refused", by_another=False)
    decide("approved", by_another=True)
    assert set(Approval.objects.values_list("state", flat=True)) == {"refused", "approved"}


def test_approval_by_another_person_binds_a_superuser_past_the_orm() -> None:
    admin = UserFactory.create(is_superuser=True, is_staff=True)
    ApprovalFactory.create(requested_by=admin)

    with refused_as("approval_by_another_person"):
        sql(
            "UPDATE core_approval SET state = 'approved', decided_at = now(),"
            " decided_by_id = requested_by_id"
        )


@pytest.mark.parametrize(
    "sha256",
    [
        pytest.param(SHA256[1:], id="63 digits"),
        pytest.param(SHA256.upper(), id="upper case"),
        pytest.param(SHA256[1:] + "g", id="no hex digit"),
        pytest.param(SHA256[1:] + "\n", id="a line end"),
        pytest.param("", id="empty"),
    ],
)
def test_approval_hash_is_sha256(sha256: str) -> None:
    with refused_as("approval_hash_is_sha256"):
        ApprovalFactory.create(content_sha256=sha256)

    ApprovalFactory.create(content_sha256=SHA256)


def test_approval_hash_is_any_sha256() -> None:
    assert ApprovalFactory.create(content_sha256=SHA256).content_sha256 == SHA256


def test_approval_is_open_once_per_action_and_subject() -> None:
    ApprovalFactory.create(action="a", subject="s")

    with refused_as("approval_one_open_per_subject"):
        ApprovalFactory.create(action="a", subject="s")


@pytest.mark.parametrize("state", ["approved", "superseded"])
def test_approval_has_the_reason_of_a_refusal_only(state: str) -> None:
    by = {"decided_by": None} if state == "superseded" else {}
    with refused_as("approval_reason_of_a_refusal"):
        decide(state, by_another=True, refused_because="Too early.", **by)

    decide("refused", by_another=True, refused_because="Too early.")


def test_approval_of_another_action_subject_or_time_may_be_open_too() -> None:
    ApprovalFactory.create(action="a", subject="s", approved=True)
    ApprovalFactory.create(action="a", subject="s", superseded=True)
    for action, subject in (("a", "s"), ("a", "t"), ("b", "s")):
        ApprovalFactory.create(action=action, subject=subject)

    assert Approval.objects.filter(state="open").count() == 3


@pytest.mark.parametrize("state", ["approved", "refused", "superseded"])
def test_approval_begins_open(state: str) -> None:
    ended = ApprovalFactory.create(**{state: True})

    with refused_as("approval_begins_open"):
        ended.pk = None
        ended.save(force_insert=True)


@pytest.mark.parametrize("state", ["approved", "refused", "superseded"])
def test_approval_that_has_ended_stays(state: str) -> None:
    ApprovalFactory.create(**{state: True})

    with refused_as("approval_ended_stays"):
        sql("UPDATE core_approval SET state = 'open', decided_at = NULL, decided_by_id = NULL")
    with refused_as("approval_ended_stays"):
        sql("UPDATE core_approval SET decided_at = decided_at")


@pytest.mark.parametrize(
    "change",
    [
        "action = 'x'",
        "subject = 'x'",
        "content = '{}'",
        f"content_sha256 = '{SHA256}'",
        "requested_at = now()",
        "requested_by_id = (SELECT max(id) FROM core_user)",
        "requested_by_name = 'x'",
        "requested_os_user = 'x'",
        "requested_host = 'x'",
    ],
)
def test_approval_request_stays(change: str) -> None:
    ApprovalFactory.create()
    UserFactory.create()

    with refused_as("approval_request_stays"):
        sql(f"UPDATE core_approval SET {change}")


def test_approval_request_may_be_saved_as_it_is() -> None:
    approval = ApprovalFactory.create()
    with as_owner():
        approval.save()

    assert Approval.objects.get().state == "open"


@pytest.mark.parametrize("state", [{}, {"approved": True}], ids=["open", "approved"])
def test_approval_is_never_deleted(state: dict[str, bool]) -> None:
    ApprovalFactory.create(**state)

    with refused_as("approval_never_deleted"):
        Approval.objects.all().delete()
    with refused_as("approval_never_deleted"):
        sql("DELETE FROM core_approval")


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"user": None, "os_user": ""}, id="of nobody"),
        pytest.param({"user": None, "os_user": "root", "name": "x"}, id="a name without account"),
        pytest.param(
            {"user": None, "host": "ops1", "action": "staff.sign_in_failed"},
            id="a machine without a user",
        ),
    ],
)
def test_auditrecord_names_a_user(values: dict[str, Any]) -> None:
    with refused_as("auditrecord_names_a_user"):
        AuditRecordFactory.create(**values)

    AuditRecordFactory.create(user=None, os_user="root")
    AuditRecordFactory.create(user=None, action="staff.sign_in_failed")
    AuditRecordFactory.create(os_user="")
    assert AuditRecord.objects.count() == 3


@pytest.mark.parametrize("name", ["", "somebody-else"])
def test_auditrecord_name_is_the_account_s(name: str) -> None:
    with refused_as("auditrecord_name_is_the_account_s"):
        AuditRecordFactory.create(name=name)

    record = AuditRecordFactory.create(user__username="taro")
    assert record.name == "taro"


def test_auditrecord_is_only_added_to() -> None:
    AuditRecordFactory.create()

    with refused_as("auditrecord_append_only"):
        sql("UPDATE core_auditrecord SET action = action")
    with refused_as("auditrecord_append_only"):
        AuditRecord.objects.all().delete()

    AuditRecordFactory.create()
    assert AuditRecord.objects.count() == 2


@pytest.mark.parametrize(
    ("table", "name", "factory"),
    [
        ("core_approval", "approval_never_truncated", ApprovalFactory),
        ("core_auditrecord", "auditrecord_never_truncated", AuditRecordFactory),
        ("core_user", "user_never_truncated", UserFactory),
        ("campaign_terms", "terms_never_truncated", TermsFactory),
        ("campaign_prize", "prize_never_truncated", TermsFactory),
    ],
)
def test_table_is_never_truncated(table: str, name: str, factory: Any) -> None:
    with refused_as(name):
        sql(f"TRUNCATE {table} CASCADE")

    factory.create()


def test_terms_are_not_truncated_along_with_what_they_point_at() -> None:
    with refused_as("terms_never_truncated"):
        sql("TRUNCATE campaign_campaign CASCADE")
    assert sql("DELETE FROM campaign_campaign") == 0

    TermsFactory.create()


def test_democlock_is_one() -> None:
    DemoClock.objects.create(instant=AT, set_at=AT)

    with refused_as("democlock_only_one"):
        DemoClock.objects.create(id=2, instant=AT, set_at=AT)
    with refused_as("democlock_only_one"):
        DemoClock.objects.create(id=0, instant=AT, set_at=AT)
