"""PostgreSQL refuses to run as root; give it another user without opening any folder to it."""

import os
import pwd
import shutil

from config.refusals import ServiceFailed

UNPRIVILEGED = "nobody"


def owner() -> tuple[int, int] | None:
    """Return user and group that must own PostgreSQL's files; None where they are ours."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam(UNPRIVILEGED)
    return entry.pw_uid, entry.pw_gid


def prefix() -> list[str]:
    """Return the words before a PostgreSQL program's own: none, or those that leave root.

    The program keeps the right to pass through folders closed to others (a checkout in /root,
    say), so that no permission outside the state folder has to change.

    Raises:
        ServiceFailed: we are root and the system has no ``setpriv``.
    """
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        raise ServiceFailed(
            "PostgreSQL does not run as root and setpriv is missing; "
            "run as another user, or set DATABASE_URL."
        )
    uid, gid = pwd.getpwnam(UNPRIVILEGED)[2:4]
    return [
        "setpriv",
        f"--reuid={uid}",
        f"--regid={gid}",
        "--clear-groups",
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
        "--securebits=+no_setuid_fixup",
    ]
