"""``staff add USERNAME --role ROLE``: have a person run the campaign."""

import sys
from getpass import getpass
from typing import Any

from django.core.management.base import CommandParser

from core import arguments, clock, staff
from core.commands import Report, VerbCommand, one_transaction
from core.roles import ROLES


def declare_add(parser: CommandParser) -> None:
    """Declare who gets which role, and where the password comes from."""
    parser.add_argument("username", metavar="USERNAME")
    parser.add_argument(
        "--role", required=True, choices=ROLES, metavar="ROLE", help=", ".join(ROLES)
    )
    parser.add_argument(
        "--generate", action="store_true", help="make a password and print it, once"
    )
    arguments.dry_run(parser)


class Command(VerbCommand):
    """Look after the people who run the campaign."""

    help = __doc__
    verbs = {"add": ("add", declare_add)}

    def add(self, *, username: str, role: str, generate: bool, dry_run: bool, **_: Any) -> Report:
        """Have a staff user with a role; an account that exists keeps its password."""
        known = staff.find_account(username)
        password = "" if known else self.choose_password(generate=generate)
        with one_transaction(dry_run=dry_run):
            added = staff.add_staff(username=username, role=role, password=password, at=clock.now())
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
