"""PostgreSQL refuses to run as root; give it another user without opening any folder to it."""

import os
import pwd
import shutil
from pathlib import Path

from dev.refusals import ServiceFailed

UNPRIVILEGED = "nobody"


def account_for(home: Path) -> pwd.struct_passwd | None:
    """Return the account that PostgreSQL runs as on the data in ``home``; None where it is ours.

    Data that a user made stay that user's, also when root comes later.

    Raises:
        ServiceFailed: we are root and there is no account to change to.
    """
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwuid(home.stat().st_uid or pwd.getpwnam(UNPRIVILEGED).pw_uid)
    except KeyError as failure:
        raise ServiceFailed(
            "PostgreSQL does not run as root and there is no account to run it as; "
            "run as another user, or set DATABASE_URL."
        ) from failure


def change_owner(folder: Path, home: Path) -> None:
    """Set the owner of a folder to the account that PostgreSQL runs as on the data in ``home``."""
    if account := account_for(home):
        os.chown(folder, account.pw_uid, account.pw_gid)


def command_prefix(home: Path) -> list[str]:
    """Return what to put before a PostgreSQL command: nothing, or what changes from root.

    The program may still pass through folders closed to others (a checkout in /root,
    say), so that no permission outside the state folder has to change.

    Raises:
        ServiceFailed: we are root and the system has no ``setpriv``.
    """
    if not (account := account_for(home)):
        return []
    if not shutil.which("setpriv"):
        raise ServiceFailed(
            "PostgreSQL does not run as root and setpriv is missing; "
            "run as another user, or set DATABASE_URL."
        )
    return [
        "setpriv",
        f"--reuid={account.pw_uid}",
        f"--regid={account.pw_gid}",
        "--clear-groups",
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
        "--securebits=+no_setuid_fixup",
    ]
