"""Record who did what, when and from where."""

import os
import pwd
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.models import AuditRecord, User


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
    """Record an action in the audit, in the transaction of the action.

    Without ``actor`` it is recorded of the machine's user only, who typed a command.
    """
    return AuditRecord.objects.create(
        at=at,
        action=action,
        subject=subject,
        user=actor.user if actor else None,
        os_user=actor.os_user if actor else machine_user(),
        host=actor.host if actor else socket.gethostname(),
        detail=dict(detail),
    )


def record_of_nobody(
    *, action: str, subject: str, at: datetime, detail: Mapping[str, Any]
) -> AuditRecord:
    """Record what nobody who is signed in did."""
    return record(actor=None, action=action, subject=subject, at=at, detail=detail)
