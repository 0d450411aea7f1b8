"""The owner of the database switches the triggers off and changes the audit: it shows."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from core import approvals, sealing
from core.audit import Actor
from core.audit_verifying import name_records
from core.models import Approval, AuditRecord, AuditRemoval, AuditSeal
from tests import commands
from tests.database import as_owner, triggers_off
from tests.factories.campaign import AT, ApprovalFactory, AuditRecordFactory
from tests.guards import refused_as, sql

pytestmark = pytest.mark.django_db
DRAW = "SELECT nextval(pg_get_serial_sequence('core_auditrecord', 'id'))"
HEX = "0123456789abcdef" * 4
Attack = Callable[[list[int]], object]


@pytest.fixture
def numbers() -> list[int]:
    """Return the numbers of nine records, sealed by three, with room between the batches."""
    found = []
    for _ in range(3):
        found += [AuditRecordFactory.create(user=None, os_user="taro").pk for _ in range(3)]
        with as_owner():
            sql(DRAW)  # for a record that was rolled back
        sealing.seal_audit(at=AT)
    assert AuditSeal.objects.count() == 3
    return found


def without_triggers() -> AbstractContextManager[None]:
    """Switch the triggers off and on again, as the owner of the tables may."""
    return triggers_off("tgrelid::regclass::text LIKE 'core_audit%'")


def insert(number: int) -> AuditRecord:
    record: AuditRecord = AuditRecordFactory.create(id=number, user=None, os_user="taro")
    return record


def seals(*numbers: int) -> Any:
    return AuditSeal.objects.filter(number__in=numbers)


def seal_again(*numbers: int) -> int:
    """Compute these seals again from the records stored now, each with its own hash."""
    for number in numbers:
        seal, before = seals(number).get(), seals(number - 1).get()
        rows = list(sealing.read_hashes(after=before.last_record, last=seal.last_record))
        seal.hashes = b"".join(record.to_bytes(8) + sha256 for record, sha256 in rows)
        seal.records, seal.previous_sha256 = len(rows), before.chain_sha256
        seal.chain_sha256 = sealing.hash_seal(seal)
        seal.save()
    return len(numbers)


def swap(numbers: list[int]) -> None:
    """Give two records of the second batch each other's numbers."""
    one, other = numbers[3], numbers[4]
    for old, new in ((one, -1), (other, one), (-1, other)):
        AuditRecord.objects.filter(pk=old).update(id=new)


def verify(*options: object) -> Any:
    """Return what ``audit verify`` found: each code with its seal."""
    ended = commands.run("audit", "verify", "--json", *options)
    assert ended.code == (0 if ended.data["ok"] else 1)
    assert ended.data["ok"] == (ended.data["findings"] == [])
    return [(found["code"], found["seal"]) for found in ended.data["findings"]]


def test_an_audit_that_nobody_changed_holds(numbers: list[int]) -> None:
    report = commands.run_json("audit", "verify")

    newest = seals(3).get()
    assert report == {
        "ok": True,
        "records": 9,
        "removed": 0,
        "unsealed": 0,
        "newest": f"3:{newest.chain_sha256}",
        "findings": [],
    }


def test_verify_seals_what_is_new() -> None:
    AuditRecordFactory.create()

    assert commands.run_json("audit", "verify")["unsealed"] == 0
    assert AuditSeal.objects.get().records == 1


def test_an_empty_audit_holds() -> None:
    assert commands.run_json("audit", "verify")["newest"] is None


CHANGES: dict[str, Attack] = {
    "action": lambda n: AuditRecord.objects.filter(pk=n[4]).update(action="b"),
    "subject": lambda n: AuditRecord.objects.filter(pk=n[4]).update(subject="other"),
    "instant": lambda n: AuditRecord.objects.filter(pk=n[4]).update(at=AT.replace(microsecond=1)),
    "person": lambda n: AuditRecord.objects.filter(pk=n[4]).update(os_user="hanako"),
    "machine": lambda n: AuditRecord.objects.filter(pk=n[4]).update(host="ops2"),
    "detail": lambda n: AuditRecord.objects.filter(pk=n[4]).update(detail={"n": 2}),
}


@pytest.mark.parametrize("column", CHANGES)
def test_a_changed_record_is_found(numbers: list[int], column: str) -> None:
    with without_triggers():
        CHANGES[column](numbers)

    assert verify() == [("records_changed", 2)]


@pytest.mark.parametrize(
    ("attack", "found"),
    [
        pytest.param(
            lambda n: AuditRecord.objects.filter(pk=n[4]).delete(),
            [("records_missing", 2)],
            id="one deleted",
        ),
        pytest.param(
            lambda n: AuditRecord.objects.filter(pk__in=n[3:6]).delete(),
            [("records_missing", 2)],
            id="a whole batch deleted",
        ),
        pytest.param(
            lambda n: insert(n[3] - 1), [("records_added", 2)], id="one inserted between batches"
        ),
        pytest.param(
            lambda n: insert(n[0] - 1), [("records_added", 1)], id="one inserted before the first"
        ),
        pytest.param(
            lambda n: (AuditRecord.objects.filter(pk=n[3]).delete(), insert(n[3])),
            [("records_changed", 2)],
            id="one replaced",
        ),
        pytest.param(
            lambda n: (AuditRecord.objects.filter(pk=n[3]).delete(), insert(n[3] - 1)),
            [("records_missing", 2), ("records_added", 2)],
            id="one replaced by an earlier one",
        ),
        pytest.param(swap, [("records_changed", 2)], id="two in each other's place"),
        pytest.param(
            lambda n: AuditRecord.objects.filter(pk=n[4]).update(id=n[6] - 1),
            [("records_missing", 2), ("records_added", 3)],
            id="one moved to the next batch",
        ),
        pytest.param(
            lambda _: seals(2).update(sealed_at=AT.replace(year=2025)),
            [("seal_changed", 2)],
            id="a seal's time changed",
        ),
        pytest.param(
            lambda n: (AuditRecord.objects.filter(pk=n[4]).update(action="b"), seal_again(2)),
            [("seal_not_chained", 3)],
            id="a record and its seal changed",
        ),
        pytest.param(
            lambda n: (AuditRecord.objects.filter(pk=n[4]).delete(), seal_again(2)),
            [("seal_not_chained", 3)],
            id="a record deleted and its seal changed",
        ),
        pytest.param(
            lambda _: seals(2).delete(),
            [("seal_missing", 3), ("records_added", 3)],
            id="a seal deleted",
        ),
        pytest.param(
            lambda n: (seals(1).delete(), AuditRecord.objects.filter(pk__in=n[:3]).delete()),
            [("seal_missing", 2)],
            id="the first batch and its seal deleted",
        ),
        pytest.param(
            lambda _: seals(3).update(last_record=F("last_record") + 1000),
            [("seal_changed", 3)],
            id="a seal stretched over what comes",
        ),
        pytest.param(
            lambda _: (
                seals(3).update(number=9),
                seals(2).update(number=3),
                seals(9).update(number=2),
            ),
            [
                ("seal_changed", 2),
                ("seal_not_chained", 2),
                ("records_added", 2),
                ("seal_changed", 3),
                ("seal_not_chained", 3),
                ("records_missing", 3),
                ("records_missing", 4),  # what a sealing in between took for new
            ],
            id="two seals in each other's place",
        ),
    ],
)
def test_what_the_owner_of_the_database_does_is_found(
    numbers: list[int], attack: Attack, found: list[tuple[str, int]]
) -> None:
    with without_triggers():
        attack(numbers)

    assert verify() == found


def test_a_seal_that_the_application_forged_is_found(numbers: list[int]) -> None:
    """Who may add seals can add one over records that are not there."""
    newest = seals(3).get()
    AuditSeal.objects.create(
        number=4,
        last_record=newest.last_record + 1000,
        records=1,
        hashes=bytes(40),
        previous_sha256=newest.chain_sha256,
        chain_sha256="0" * 64,
        sealed_at=AT,
    )

    assert verify() == [("seal_changed", 4), ("records_missing", 4)]


def logged() -> list[str]:
    """Return the seals as the logs have them."""
    stored = AuditSeal.objects.order_by("number").values_list("number", "chain_sha256")
    return [f"{number}:{sha256}" for number, sha256 in stored]


def test_who_seals_everything_again_is_found_by_the_logs_alone(numbers: list[int]) -> None:
    before = logged()
    with without_triggers():
        AuditRecord.objects.filter(pk=numbers[4]).update(action="b")
        seal_again(2, 3)

    assert verify() == []
    assert verify("--logged", before[2]) == [("seal_not_as_logged", 3)]
    assert verify("--logged", before[0], "--logged", before[1]) == [("seal_not_as_logged", 2)]


def test_who_deletes_the_last_records_with_their_seals_is_found_by_the_logs_alone(
    numbers: list[int],
) -> None:
    before = logged()
    with without_triggers():
        seals(3).delete()
        AuditRecord.objects.filter(pk__in=numbers[6:]).delete()

    assert verify() == []
    assert verify("--logged", before[2]) == [("seal_not_as_logged", 3)]


def test_records_that_nobody_could_seal_are_found_after_an_hour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A transaction that never ends would put the sealing off."""
    monkeypatch.setattr(sealing, "find_last_settled", lambda: None)
    AuditRecordFactory.create(at=AT)

    assert verify() == [("records_unsealed", None)]


def test_the_report_names_the_batch(numbers: list[int]) -> None:
    with without_triggers():
        AuditRecord.objects.filter(pk=numbers[4]).update(action="b")

    ended = commands.run("audit", "verify")
    assert ended.code == 1
    assert f"Seal 2: Records changed: {numbers[4]}." in ended.reason


def record_purge(approval: Approval, removed: int) -> None:
    """Record a purge as its function does, with how many records it removed."""
    detail = {"approval": approval.pk, "tables": {"core_auditrecord": removed}}
    AuditRecordFactory.create(action="campaign.purged", user=None, os_user="taro", detail=detail)


def recorded_approval(**values: Any) -> Approval:
    """Return an approval with the records of its people."""
    approval = ApprovalFactory.create(**values)
    approvals.record_audit("requested", approval, Actor(approval.requested_by), AT)
    if approval.decided_by:
        approvals.record_audit(approval.state, approval, Actor(approval.decided_by), AT)
    return approval


def remove(numbers: list[int], action: str, *, said: int | None = None, **decided: Any) -> None:
    """Delete records and enter an approval for it, as the owner's functions do."""
    approval = recorded_approval(action=action, **decided)
    record_purge(approval, len(numbers) if said is None else said)
    with without_triggers():
        AuditRecord.objects.filter(pk__in=numbers).delete()
        AuditRemoval.objects.bulk_create(
            AuditRemoval(record=number, approval=approval) for number in numbers
        )


def test_what_an_approved_purge_removed_is_counted_and_the_seals_hold(numbers: list[int]) -> None:
    remove(numbers[1:5], "campaign.purge", approved=True)

    report = commands.run_json("audit", "verify")
    assert (report["records"], report["removed"]) == (8, 4)


@pytest.mark.parametrize("said", [0, 3, 5])
def test_a_removal_under_an_approved_purge_that_did_not_make_it_is_found(
    numbers: list[int], said: int
) -> None:
    remove(numbers[1:5], "campaign.purge", said=said, approved=True)

    assert verify() == [("removals_not_recorded", None)]


@pytest.mark.parametrize(
    ("action", "decided"),
    [
        pytest.param("campaign.purge", {}, id="not approved"),
        pytest.param("campaign.purge", {"refused": True}, id="refused"),
        pytest.param("campaign.publish", {"approved": True}, id="another action"),
        pytest.param("member.erase", {"approved": True}, id="an erasure, which removes none"),
    ],
)
def test_a_removal_that_was_not_approved_is_found(
    numbers: list[int], action: str, decided: dict[str, Any]
) -> None:
    remove(numbers[4:5], action, **decided)

    assert verify() == [("records_missing", 2)]


@pytest.mark.parametrize("trait", [{}, {"approved": True}, {"refused": True}, {"superseded": True}])
def test_an_approval_with_the_records_of_its_people_holds(trait: dict[str, Any]) -> None:
    recorded_approval(**trait)

    assert verify() == []


def nothing(approval: Approval) -> None:
    """Record nobody."""


def the_request(approval: Approval) -> None:
    approvals.record_audit("requested", approval, Actor(approval.requested_by), AT)


def somebody_else(approval: Approval) -> None:
    """Record that the person who requested it approved it."""
    the_request(approval)
    approvals.record_audit("approved", approval, Actor(approval.requested_by), AT)


def another_content(approval: Approval) -> None:
    the_request(approval)
    other = Approval(id=approval.pk, content_sha256=HEX)
    assert approval.decided_by
    approvals.record_audit("approved", other, Actor(approval.decided_by), AT)


@pytest.mark.parametrize("record", [nothing, the_request, somebody_else, another_content])
def test_an_approval_that_the_application_s_role_pretends_is_found(
    record: Callable[[Approval], None],
) -> None:
    record(ApprovalFactory.create(approved=True))

    assert verify() == [("approval_not_recorded", None)]


@pytest.mark.parametrize(("last", "named"), [(5, "1, 2, 3, 4, 5"), (7, "1, 2, 3, 4, 5 and 2 more")])
def test_a_finding_names_the_first_few_records(last: int, named: str) -> None:
    assert name_records(set(range(1, last + 1))) == named


def test_auditremoval_is_only_added_to() -> None:
    approval = ApprovalFactory.create(approved=True)
    with as_owner():
        AuditRemoval.objects.create(record=1, approval=approval)

    with refused_as("auditremoval_append_only"):
        sql("UPDATE core_auditremoval SET record = 2")
    with refused_as("auditremoval_append_only"):
        AuditRemoval.objects.all().delete()
    sql("SET CONSTRAINTS ALL IMMEDIATE")  # no TRUNCATE while a foreign key is unchecked
    with refused_as("auditremoval_never_truncated"):
        sql("TRUNCATE core_auditremoval")


@pytest.mark.parametrize("text", ["3", "3:abc", f"0:{'0' * 64}", f"x:{'0' * 64}"])
def test_verify_refuses_what_is_no_seal(text: str) -> None:
    assert "a seal is its number" in commands.run("audit", "verify", "--logged", text).reason


MAY_REMOVE = "SET LOCAL dodonto.removal = 'on'"  # as the function does that calls it
REMOVE = "SELECT core_remove_look_ups(%s)"


def look_up(campaign: str) -> int:
    values = {"action": "member.looked_up", "subject": campaign}
    return AuditRecordFactory.create(user=None, os_user="taro", **values).pk


def test_a_purge_removes_the_campaign_s_sealed_look_ups_and_the_audit_holds() -> None:
    of_purged, of_other = look_up("A"), look_up("B")
    sealing.seal_audit(at=AT)
    unsealed = look_up("A")
    approval = recorded_approval(action="campaign.purge", subject="A", approved=True)

    sql(MAY_REMOVE)
    with as_owner():
        sql(REMOVE, approval.pk)
    record_purge(approval, 1)

    assert list(AuditRemoval.objects.values_list("record", "approval")) == [
        (of_purged, approval.pk)
    ]
    left = AuditRecord.objects.filter(action="member.looked_up").values_list("pk", flat=True)
    assert set(left) == {of_other, unsealed}
    report = commands.run_json("audit", "verify")
    assert (report["records"], report["removed"]) == (5, 1)


@pytest.mark.parametrize(
    "decided", [{}, {"action": "campaign.publish", "approved": True}], ids=["open", "another"]
)
def test_without_an_approved_purge_no_look_up_is_removed(decided: dict[str, Any]) -> None:
    look_up("A")
    sealing.seal_audit(at=AT)
    approval = ApprovalFactory.create(**{"action": "campaign.purge", "subject": "A"} | decided)

    sql(MAY_REMOVE)
    with as_owner():
        sql(REMOVE, approval.pk)

    assert AuditRecord.objects.count() == 1


def test_the_application_removes_no_look_up() -> None:
    look_up("A")
    sealing.seal_audit(at=AT)
    approval = ApprovalFactory.create(action="campaign.purge", subject="A", approved=True)

    sql(MAY_REMOVE)
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(REMOVE, [approval.pk])

    assert AuditRecord.objects.count() == 1
