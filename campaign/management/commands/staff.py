"""``staff add USERNAME --role ROLE``: have a person run the campaign."""

import sys
from getpass import getpass
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from bookings.commands import Report, VerbCommand, one_transaction
from campaign import clock, staff
from campaign.audit import Actor
from campaign.management import arguments
from campaign.roles import ROLES

FIRST_ROLE = "accounts"  # may add the others


def declare_add(parser: CommandParser) -> None:
    """Declare who gets which role, and where the password comes from."""
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
    """Look after the people who run the campaign."""

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
        """Have a staff user with a role; an account that exists keeps its password."""
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
        """Make a password, or ask for one twice."""
        if generate:
            return staff.generate_password()
        if not sys.stdin.isatty():
            raise staff.UnfitPassword("There is no terminal to ask at; use --generate.")
        password = getpass("Password: ")
        if getpass("Again: ") != password:
            raise staff.UnfitPassword("The two passwords differ; try again.")
        return password


def read_manager(by: str | None, role: str) -> Actor | None:
    """Return who adds a staff user; in production the machine's user adds the first one only.

    Raises:
        UnknownStaff: no active staff user has this name.
        CommandError: this is production and nobody is named.
    """
    if by is None and settings.PRODUCTION and staff.nobody_manages():
        if role == FIRST_ROLE:
            return None
        raise CommandError(
            f"Nobody may add staff users yet: begin with staff add USERNAME --role {FIRST_ROLE}.",
            returncode=2,
        )
    return arguments.read_actor_or_machine(by)
