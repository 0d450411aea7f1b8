"""Who did what, when and from where."""

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
    """A person at work: the account, and for a command the machine's user and name."""

    user: User
    os_user: str = ""
    host: str = ""


def acting_by_command(user: User) -> Actor:
    """Return the person whose name a command was given, and who really typed it."""
    return Actor(user, os_user=machine_user(), host=socket.gethostname())


def machine_user() -> str:
    """Return who runs this process, by what the system says and not by what the shell claims."""
    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:  # in a container that was given a bare number
        return f"uid {number}"


def record(
    *, actor: Actor | None, action: str, subject: str, at: datetime, detail: Mapping[str, Any]
) -> AuditRecord:
    """Keep one line of the audit, in the transaction of what it tells.

    Without ``actor`` it is what a command did in the name of nobody but the machine's user.
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
