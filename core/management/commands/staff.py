"""``staff add USERNAME --role ROLE``: add a person who runs the campaign."""

import sys
from getpass import getpass
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from core import arguments, clock, staff
from core.audit import Actor
from core.commands import Report, VerbCommand, one_transaction
from core.roles import ROLES

FIRST_ROLE = "accounts"  # may add the others


def declare_add(parser: CommandParser) -> None:
    """Declare the person, the role, and where the password comes from."""
    parser.add_argument("username", metavar="USERNAME")
    parser.add_argument(
        "--role", required=True, choices=ROLES, metavar="ROLE", help=", ".join(ROLES)
    )
    parser.add_argument(
        "--generate", action="store_true", help="make a password and print it, once"
    )
    arguments.by_or_machine(parser)
    arguments.dry_run(parser)


class Command(VerbCommand):
    """Add the people who run the campaign."""

    help = __doc__
    verbs = {"add": ("add", declare_add)}

    def add(
        self,
        *,
        username: str,
        role: str,
        generate: bool,
        by: str | None,
        dry_run: bool,
        **_: Any,
    ) -> Report:
        """Give a role to a staff user, created if new; an existing account keeps its password."""
        actor = read_manager(by, role)
        known = staff.find_account(username)
        password = "" if known else self.choose_password(generate=generate)
        with one_transaction(dry_run=dry_run):
            added = staff.add_staff(
                username=username, role=role, password=password, at=clock.now(), actor=actor
            )
        name = added.user.username
        data = {"username": name, "role": role, "created": added.created}
        words = "would be added" if dry_run else "added"
        text = f"{name}: {words} to {role}." if added.joined else f"{name} is in {role}."
        if added.created and generate and not dry_run:
            data["password"] = password
            text += f"\nPassword (shown once): {password}"
        return Report(data, text)

    def choose_password(self, *, generate: bool) -> str:
        """Generate a password, or prompt for one twice."""
        if generate:
            return staff.generate_password()
        if not sys.stdin.isatty():
            raise staff.UnfitPassword("There is no terminal to ask at; use --generate.")
        password = getpass("Password: ")
        if getpass("Again: ") != password:
            raise staff.UnfitPassword("The two passwords differ; try again.")
        return password


def read_manager(by: str | None, role: str) -> Actor | None:
    """Return who adds a staff user; in production the machine's user adds only the first one.

    Raises:
        UnknownStaff: no active staff user has this name.
        CommandError: in production the command must name a person.
    """
    if by is None and settings.PRODUCTION and staff.no_manager_exists():
        if role == FIRST_ROLE:
            return None
        raise CommandError(
            f"Nobody may add staff users yet: begin with staff add USERNAME --role {FIRST_ROLE}.",
            returncode=2,
        )
    return arguments.read_actor_or_machine(by)
