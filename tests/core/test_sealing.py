"""The audit's records are sealed in batches, also where others add some at the same time."""

import hashlib
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from structlog.testing import capture_logs

from core import audit, clock, sealing
from core.audit_verifying import split_hashes
from core.canonical_json import canonical_json
from core.models import AuditRecord, AuditSeal
from core.tasks import seal_audit
from tests.factories.campaign import AT, LATER, AuditRecordFactory, UserFactory
from tests.guards import refused_as, sql
from tests.sessions import another_session, ended

HEX = "0123456789abcdef" * 4
INFINITE = """
INSERT INTO core_auditrecord (at, action, subject, os_user, detail)
VALUES ('infinity', 'a', 's', 'taro', '{}')"""


def add_record(**values: Any) -> AuditRecord:
    return AuditRecordFactory.create(user=None, os_user="taro", **values)


def batches() -> list[list[int]]:
    """Return the records of each seal."""
    seals = list(AuditSeal.objects.order_by("number"))
    numbers = [list(split_hashes(seal)) for seal in seals]
    assert [(seal.records, seal.last_record) for seal in seals] == [
        (len(one), one[-1]) for one in numbers
    ]
    return numbers


@pytest.mark.django_db
def test_seal_audit_seals_each_record_once_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "MAX_RECORDS", 2)
    first, second, third = (add_record().pk for _ in range(3))

    assert sealing.seal_audit(at=AT) == 3
    assert sealing.seal_audit(at=AT) == 0
    fourth = add_record().pk
    assert sealing.seal_audit(at=LATER) == 1

    assert batches() == [[first, second], [third], [fourth]]


@pytest.mark.django_db
def test_seals_are_chained_and_computed_from_the_columns() -> None:
    """Somebody who has only the tables can compute them again."""
    record = AuditRecordFactory.create(detail={"n": 1, "text": "年末"}, user__username="taro")
    sealing.seal_audit(at=AT)
    add_record()
    sealing.seal_audit(at=LATER)

    line = {
        "id": record.pk,
        "at_text": as_text(record),
        "action": record.action,
        "subject": record.subject,
        "user_id": record.user_id,
        "name": "taro",
        "os_user": "",
        "host": "",
        "detail_text": '{"n": 1, "text": "年末"}',
    }
    digest = hashlib.sha256(canonical_json(line)).digest()
    one, two = AuditSeal.objects.order_by("number")
    assert bytes(one.hashes) == record.pk.to_bytes(8) + digest
    assert (one.number, one.previous_sha256) == (1, "0" * 64)
    assert (two.number, two.previous_sha256) == (2, one.chain_sha256)
    assert one.chain_sha256 == sealing.hash_seal(one) != two.chain_sha256


def as_text(record: AuditRecord) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT at::text FROM core_auditrecord WHERE id = %s", [record.pk])
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
def test_seal_audit_without_records_writes_no_seal() -> None:
    assert sealing.seal_audit(at=AT) == 0
    assert not AuditSeal.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "detail", ["[1.5, 1e400, 0.10]", '"\\u3042"', "null"], ids=["fractions", "text", "null"]
)
def test_no_record_that_the_table_accepts_stops_the_sealing(detail: str) -> None:
    sql(
        "INSERT INTO core_auditrecord (at, action, subject, name, os_user, host, detail)"
        " VALUES (%s, 'a', 's', '', 'taro', '', %s)",
        timezone.now(),
        detail,
    )

    assert sealing.seal_audit(at=AT) == 1


@pytest.mark.django_db
def test_a_seal_is_logged_once_it_is_committed(django_capture_on_commit_callbacks: Any) -> None:
    record = add_record()
    with capture_logs() as logged, django_capture_on_commit_callbacks(execute=True):
        sealing.seal_audit(at=AT)

    seal = AuditSeal.objects.get()
    assert logged == [
        {
            "event": "audit.sealed",
            "log_level": "info",
            "number": 1,
            "records": 1,
            "last_record": record.pk,
            "chain_sha256": seal.chain_sha256,
        }
    ]


@pytest.mark.django_db
def test_beat_s_task_seals_at_the_database_s_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "database_now", lambda: LATER)
    add_record()

    assert seal_audit.apply(throw=True).get() == 1
    assert AuditSeal.objects.get().sealed_at == LATER


@pytest.mark.django_db(transaction=True)
def test_a_record_that_is_committed_late_is_sealed_in_its_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its number is smaller than that of one committed before: nothing is sealed meanwhile."""
    monkeypatch.setattr(sealing, "PATIENCE_S", 0.0)
    with another_session() as submit:
        with transaction.atomic():
            late = add_record()
            early = ended(submit(add_record))
            assert late.pk < early.pk
            assert ended(submit(sealing.seal_audit, at=AT)) == 0
        assert ended(submit(sealing.seal_audit, at=AT)) == 2
    assert batches() == [[late.pk, early.pk]]


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_drew_a_number_and_stored_nothing_yet_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between number and row it has no transaction id, and other transactions' ids miss it."""
    monkeypatch.setattr(sealing, "PATIENCE_S", 0.0)
    with another_session() as submit:
        with transaction.atomic():
            sql("LOCK TABLE core_auditrecord IN ROW EXCLUSIVE MODE")  # as INSERT does first
            ended(submit(add_record))
            assert ended(submit(sealing.seal_audit, at=AT)) == 0
        assert ended(submit(sealing.seal_audit, at=AT)) == 1


@pytest.mark.django_db(transaction=True)
def test_sealing_waits_for_those_who_wrote_before_and_for_nobody_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record = add_record()
    read, waited = sealing.read_writers, []

    def and_then_somebody_writes() -> tuple[int | None, set[str]]:
        """Report one who wrote before and has ended, and at the next look another one."""
        waited.append(read())
        return (record.pk, {"0/1"}) if len(waited) == 1 else (record.pk + 1, {"0/2"})

    monkeypatch.setattr(sealing, "read_writers", and_then_somebody_writes)

    assert sealing.find_last_settled() == record.pk
    assert len(waited) == 2


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_a_seal() -> None:
    add_record()
    with another_session() as submit, transaction.atomic():
        assert sealing.seal_audit(at=AT) == 1
        later = ended(submit(add_record))
    assert AuditRecord.objects.filter(pk=later.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_seal_write_one_chain() -> None:
    records = [add_record().pk for _ in range(2)]
    with another_session() as submit:
        with transaction.atomic():
            assert sealing.seal_audit(at=AT) == 2
            other = submit(sealing.seal_audit, at=LATER)
        assert ended(other) == 0
    assert batches() == [records]


@pytest.mark.django_db
def test_auditseal_is_only_added_to() -> None:
    add_record()
    sealing.seal_audit(at=AT)

    with refused_as("auditseal_append_only"):
        sql("UPDATE core_auditseal SET records = records")
    with refused_as("auditseal_append_only"):
        AuditSeal.objects.all().delete()
    with refused_as("auditseal_never_truncated"):
        sql("TRUNCATE core_auditseal")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "values"),
    [
        pytest.param("auditseal_has_records", {"records": 0, "hashes": b""}, id="no record"),
        pytest.param("auditseal_has_records", {"records": 3}, id="more than there are hashes"),
        pytest.param("auditseal_has_records", {"records": 1}, id="fewer than there are hashes"),
        pytest.param("auditseal_hashes_are_sha256", {"previous_sha256": HEX[:-1]}, id="too short"),
        pytest.param("auditseal_hashes_are_sha256", {"chain_sha256": HEX.upper()}, id="capitals"),
        pytest.param("auditseal_hashes_are_sha256", {"previous_sha256": ""}, id="empty"),
        pytest.param(
            "auditseal_at_an_instant", {"sealed_at": AT.replace(year=1999)}, id="before there was"
        ),
    ],
)
def test_auditseal_refuses(name: str, values: dict[str, Any]) -> None:
    fitting = {
        "number": 1,
        "last_record": 20,
        "records": 2,
        "hashes": bytes(80),
        "previous_sha256": HEX,
        "chain_sha256": HEX,
        "sealed_at": AT,
    }
    with refused_as(name):
        AuditSeal.objects.create(**fitting | values)

    AuditSeal.objects.create(**fitting)


@pytest.mark.django_db
def test_auditrecord_at_an_instant() -> None:
    with refused_as("auditrecord_at_an_instant"):
        sql(INFINITE)

    add_record(at=AT)


@pytest.mark.django_db
def test_auditrecord_has_the_next_number() -> None:
    last = add_record().pk
    for number in (last - 1, last + 1, 2**62):
        with refused_as("auditrecord_has_the_next_number"):
            add_record(id=number)

    audit.record(actor=audit.Actor(UserFactory.create()), action="a", subject="s", at=AT, detail={})


@pytest.mark.django_db(transaction=True)
def test_auditrecord_never_gets_a_number_before_a_seal() -> None:
    """A session keeps the number of an insert that was rolled back; a seal may have passed it."""
    with refused_as("auditrecord_at_an_instant"):
        sql(INFINITE)
    with another_session() as other:
        later = ended(other(add_record))
    sealing.seal_audit(at=AT)

    with refused_as("auditrecord_has_the_next_number"):
        add_record(id=later.pk - 1)

    add_record()
