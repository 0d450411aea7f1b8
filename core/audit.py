"""Record who did what, when and from where."""

import os
import pwd
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from django.db import transaction

from core.models import AuditRecord, User

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Actor:
    """The person who acts: the account, and for a command the machine's user and name."""

    user: User
    os_user: str = ""
    host: str = ""


def acting_by_command(user: User) -> Actor:
    """Return the person a command names, with the machine's user who typed it."""
    return Actor(user, os_user=machine_user(), host=socket.gethostname())


def machine_user() -> str:
    """Return the user who runs this process, by the system and not by the environment."""
    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:  # in a container that was given a bare number
        return f"uid {number}"


def record(
    *, actor: Actor | None, action: str, subject: str, at: datetime, detail: Mapping[str, Any]
) -> AuditRecord:
    """Record an action in the audit, in the transaction of the action, and then in the log.

    Without ``actor`` it is recorded of the machine's user only, who typed a command. ``subject``
    is logged as well, so it never names a member; ``detail`` is not.
    """
    return _save(
        AuditRecord(
            at=at,
            action=action,
            subject=subject,
            user=actor.user if actor else None,
            name=actor.user.username if actor else "",
            os_user=actor.os_user if actor else machine_user(),
            host=actor.host if actor else socket.gethostname(),
            detail=dict(detail),
        )
    )


def record_of_nobody(
    *, action: str, subject: str, at: datetime, detail: Mapping[str, Any]
) -> AuditRecord:
    """Record what somebody did on a page without being signed in, such as a failed sign-in.

    Args: ``action``: one of ``AuditRecord.WITHOUT_A_PERSON``. ``subject`` and ``detail`` repeat
        nothing that was typed: in the field of a name it may be a password.
    """
    return _save(AuditRecord(at=at, action=action, subject=subject, detail=dict(detail)))


def _save(saved: AuditRecord) -> AuditRecord:
    saved.save(force_insert=True)
    log_once_committed(saved)
    return saved


def log_once_committed(saved: AuditRecord) -> None:
    """Write a record to the log, too, once its transaction is committed.

    A transaction that is rolled back, such as a dry run's, did nothing.
    """
    transaction.on_commit(partial(_log, saved))


def _log(saved: AuditRecord) -> None:
    log.info(
        "audit.recorded",
        record=saved.pk,
        at=saved.at.isoformat(),
        action=saved.action,
        subject=saved.subject,
        by=saved.name,
        machine=f"{saved.os_user}@{saved.host}" if saved.os_user else "",
    )
