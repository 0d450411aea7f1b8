"""Who typed a command: by the system, not by the environment."""

import os
import pwd
import socket
from typing import Any

import pytest
from structlog.testing import capture_logs

from core import audit
from core.models import AuditRecord
from tests.factories.campaign import AT, UserFactory


def test_machine_user_is_the_process_s_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody-else")

    assert audit.machine_user() == pwd.getpwuid(os.getuid()).pw_name


def test_machine_user_without_a_name_is_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 2_000_000_123)

    assert audit.machine_user() == "uid 2000000123"


@pytest.mark.django_db
def test_acting_by_command_returns_person_user_and_host() -> None:
    user = UserFactory.create()

    assert audit.acting_by_command(user) == audit.Actor(
        user, os_user=audit.machine_user(), host=socket.gethostname()
    )


@pytest.mark.django_db
def test_record_saves_every_field() -> None:
    actor = audit.Actor(UserFactory.create(), os_user="taro", host="ops1")

    audit.record(actor=actor, action="a", subject="s", at=AT, detail={"n": 1})

    (kept,) = AuditRecord.objects.values(
        "at", "action", "subject", "user", "name", "os_user", "host", "detail"
    )
    assert kept == {
        "at": AT,
        "action": "a",
        "subject": "s",
        "user": actor.user.pk,
        "name": actor.user.username,
        "os_user": "taro",
        "host": "ops1",
        "detail": {"n": 1},
    }


@pytest.mark.django_db
def test_record_of_nobody_names_nobody() -> None:
    audit.record_of_nobody(action="staff.sign_in_failed", subject="s", at=AT, detail={"n": 1})

    (kept,) = AuditRecord.objects.values("at", "subject", "user", "name", "os_user", "host")
    assert kept == {"at": AT, "subject": "s", "user": None, "name": "", "os_user": "", "host": ""}


@pytest.mark.django_db
def test_record_is_logged_once_it_is_committed_without_its_detail(
    django_capture_on_commit_callbacks: Any,
) -> None:
    actor = audit.Actor(UserFactory.create(username="taro"), os_user="ops", host="ops1")
    with capture_logs() as logged, django_capture_on_commit_callbacks(execute=True):
        record = audit.record(actor=actor, action="a", subject="s", at=AT, detail={"entry": 7})
        assert logged == []

    assert logged == [
        {
            "event": "audit.recorded",
            "log_level": "info",
            "record": record.pk,
            "at": AT.isoformat(),
            "action": "a",
            "subject": "s",
            "by": "taro",
            "machine": "ops@ops1",
        }
    ]
