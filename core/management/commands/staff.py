"""``staff setup|add|list|disable|role|reset|restore|superuser``: who runs the campaign."""

import sys
from collections.abc import Sequence
from getpass import getpass
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from core import arguments, clock, staff, staff_access, staff_setup
from core.approval_reports import describe_request
from core.audit import Actor
from core.commands import Report, VerbCommand, one_transaction
from core.models import Approval, User
from core.roles import ACCOUNTS, APPROVER, ROLES
from core.second_factor import has_factor
from core.staff import Changed
from core.staff_setup import First

AFTER_RESET = "once it is approved, nobody can sign in to the account: then reset it again"


def username(parser: CommandParser) -> None:
    """Declare the account."""
    parser.add_argument("username", metavar="USERNAME")


def generate(parser: CommandParser) -> None:
    """Declare where a password comes from."""
    parser.add_argument(
        "--generate", action="store_true", help="make a password and print it, once"
    )


def role(parser: CommandParser) -> None:
    """Declare the role that is given."""
    parser.add_argument(
        "--role", required=True, choices=ROLES, metavar="ROLE", help=", ".join(ROLES)
    )


def role_change(parser: CommandParser) -> None:
    """Declare the role that is given or taken."""
    change = parser.add_mutually_exclusive_group(required=True)
    change.add_argument("--add", choices=ROLES, metavar="ROLE", help=", ".join(ROLES))
    change.add_argument("--remove", choices=ROLES, metavar="ROLE")


def first_people(parser: CommandParser) -> None:
    """Declare the names of the first three accounts."""
    parser.add_argument(
        "--accounts", metavar="USERNAME", help="who runs accounts (asked for where left out)"
    )
    parser.add_argument(
        "--approver",
        action="append",
        default=[],
        metavar="USERNAME",
        help="who approves; give it twice (asked for where left out)",
    )


class Command(VerbCommand):
    """Manage the people who run the campaign."""

    help = __doc__
    verbs = {
        "setup": (
            "set_up",
            arguments.both(first_people, generate, arguments.dry_run),
        ),
        "add": (
            "add",
            arguments.both(username, role, generate, arguments.by_or_machine, arguments.dry_run),
        ),
        "list": ("list_staff", arguments.nothing),
        "disable": (
            "disable",
            arguments.both(username, arguments.by_or_machine, arguments.dry_run),
        ),
        "role": (
            "change_role",
            arguments.both(username, role_change, arguments.by_or_machine, arguments.dry_run),
        ),
        "reset": (
            "reset",
            arguments.both(username, generate, arguments.by_or_machine, arguments.dry_run),
        ),
        "restore": ("restore", arguments.both(username, generate, arguments.dry_run)),
        "superuser": (
            "request_superuser",
            arguments.both(username, arguments.by, arguments.dry_run),
        ),
    }

    def set_up(
        self,
        *,
        accounts: str | None,
        approver: list[str],
        generate: bool,
        dry_run: bool,
        **_: Any,
    ) -> Report:
        """Make the first three accounts: one runs accounts, two approve."""
        names = read_first_names(accounts, approver)
        roles = (ACCOUNTS, APPROVER, APPROVER)
        is_new = not staff_setup.is_set_up()
        people = [
            First(name, role, choose_password(name, generate=generate) if is_new else "")
            for name, role in zip(names, roles, strict=True)
        ]
        with one_transaction(dry_run=dry_run):
            done = staff_setup.set_up(people=people, at=clock.now())
        is_shown = done and generate and not dry_run
        rows = [
            {"username": person.username, "role": person.role, "created": done}
            | ({"password": person.password} if is_shown else {})
            for person in people
        ]
        words = "would be added to" if dry_run else "added to" if done else "is in"
        lines = [
            f"{person.username}: {words} {person.role}."
            + f" Password (shown once): {person.password}" * is_shown
            for person in people
        ]
        return Report({"staff": rows}, "\n".join(lines))

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
        actor = read_manager(by)
        known = staff.find_account(username)
        password = "" if known else choose_password(username, generate=generate)
        with one_transaction(dry_run=dry_run):
            added = staff.add_staff(
                username=username, role=role, password=password, at=clock.now(), actor=actor
            )
        name = added.user.username
        data = {"username": name, "role": role, "created": added.created}
        text = f"{name} is in {role}."
        if added.joined:
            text = f"{name}: {'would be added' if dry_run else 'added'} to {role}."
        if added.approval:
            data, text = with_request(data, added.approval, f"{name}: {role}", dry_run=dry_run)
        return with_password(data, text, password, is_shown=added.created and generate, dry=dry_run)

    def list_staff(self, **_: Any) -> Report:
        """List all staff accounts with their roles, disabled ones too."""
        people = User.objects.filter(is_staff=True).prefetch_related("groups")
        rows = [describe_account(user) for user in people.order_by("username")]
        lines = [format_account(row) for row in rows]
        return Report({"staff": rows}, "\n".join(lines) or "There is no staff account yet.")

    def disable(self, *, username: str, by: str | None, dry_run: bool, **_: Any) -> Report:
        """Disable an account; it is never deleted or renamed."""
        actor = read_manager(by)
        with one_transaction(dry_run=dry_run):
            ended = staff_access.disable_staff(username=username, at=clock.now(), actor=actor)
        name = ended.user.username
        words = "would be disabled" if dry_run and ended.changed else "disabled"
        return Report({"username": name, "changed": ended.changed}, f"{name}: {words}.")

    def change_role(
        self,
        *,
        username: str,
        add: str | None,
        remove: str | None,
        by: str | None,
        dry_run: bool,
        **_: Any,
    ) -> Report:
        """Give or take a role."""
        actor = read_manager(by)
        operation = staff.add_role if add else staff.remove_role
        role = add or remove or ""
        with one_transaction(dry_run=dry_run):
            done = operation(username=username, role=role, at=clock.now(), actor=actor)
            roles = staff.role_names(done.user)
        name = done.user.username
        data = {"username": name, "roles": roles, "changed": done.changed}
        if done.approval:
            return Report(*with_request(data, done.approval, f"{name}: {role}", dry_run=dry_run))
        words = ("would be " if dry_run else "") * done.changed + ("in" if add else "not in")
        return Report(data, f"{name}: {words} {role}.")

    def reset(
        self, *, username: str, generate: bool, by: str | None, dry_run: bool, **_: Any
    ) -> Report:
        """Set a new initial password and remove the second factor; of an approver, request it."""
        actor = read_manager(by)
        is_requested = staff_access.needs_approval(staff.get_staff(username), actor)
        password = "" if is_requested else choose_password(username, generate=generate)
        with one_transaction(dry_run=dry_run):
            done = staff_access.reset_staff(
                username=username, password=password, at=clock.now(), actor=actor
            )
        name = done.user.username
        data = {"username": name, "changed": done.changed}
        if done.approval:
            data, text = with_request(data, done.approval, f"{name}: reset", dry_run=dry_run)
            return Report(data, f"{text}; {AFTER_RESET}.")
        return report_password(done, password, "reset", generate=generate, dry_run=dry_run)

    def restore(self, *, username: str, generate: bool, dry_run: bool, **_: Any) -> Report:
        """Give the last approver access again; nobody approves it, and the audit shows that."""
        password = choose_password(username, generate=generate)
        with one_transaction(dry_run=dry_run):
            done = staff_access.restore_approver(
                username=username, password=password, at=clock.now()
            )
        return report_password(done, password, "restored", generate=generate, dry_run=dry_run)

    def request_superuser(self, *, username: str, by: str, dry_run: bool, **_: Any) -> Report:
        """Request that a staff user becomes a superuser; production has none."""
        actor = arguments.read_actor(by)
        with one_transaction(dry_run=dry_run):
            done = staff.request_superuser(username=username, at=clock.now(), actor=actor)
        name = done.user.username
        data = {"username": name, "approval": None}
        if done.approval is None:
            return Report(data, f"{name} is a superuser.")
        return Report(*with_request(data, done.approval, f"{name}: superuser", dry_run=dry_run))


def read_manager(by: str | None) -> Actor | None:
    """Return who manages staff; in production a person, whom ``staff setup`` makes first.

    Raises:
        UnknownStaff: no active staff user has this name.
        CommandError: in production the command must name a person.
    """
    if by is None and settings.PRODUCTION and staff.no_manager_exists():
        raise CommandError("Nobody may manage staff yet: begin with staff setup.", returncode=2)
    return arguments.read_actor_or_machine(by)


def read_first_names(accounts: str | None, approvers: Sequence[str]) -> list[str]:
    """Return the names of the first three people; ask for those that were left out.

    Raises:
        CommandError: there are too many, or too few and no terminal to ask at.
    """
    given = [accounts, *approvers, *[None] * (2 - len(approvers))]
    if len(given) > 1 + 2 or (None in given and not sys.stdin.isatty()):
        raise CommandError(
            "Name three people: --accounts USERNAME --approver USERNAME --approver USERNAME.",
            returncode=2,
        )
    questions = ("Who runs accounts: ", "First approver: ", "Second approver: ")
    return [name or input(question) for name, question in zip(given, questions, strict=True)]


def choose_password(username: str, *, generate: bool) -> str:
    """Generate a password, or prompt for one twice.

    Raises:
        UnfitPassword: there is no terminal, or the two differ.
    """
    if generate:
        return staff.generate_password()
    if not sys.stdin.isatty():
        raise staff.UnfitPassword("There is no terminal to ask at; use --generate.")
    password = getpass(f"Password of {username}: ")
    if getpass("Again: ") != password:
        raise staff.UnfitPassword("The two passwords differ; try again.")
    return password


def with_request(
    data: dict[str, Any], approval: Approval, what: str, *, dry_run: bool
) -> tuple[dict[str, Any], str]:
    """Return what is reported of a request that a second person decides."""
    if dry_run:
        return {**data, "approval": None}, f"{what}, would ask for approval."
    return {**data, "approval": approval.pk}, f"{what}, {describe_request(approval)}"


def with_password(
    data: dict[str, Any], text: str, password: str, *, is_shown: bool, dry: bool
) -> Report:
    """Report a generated password, once; a dry run set none."""
    if is_shown and not dry:
        return Report({**data, "password": password}, f"{text}\nPassword (shown once): {password}")
    return Report(data, text)


def report_password(
    done: Changed, password: str, words: str, *, generate: bool, dry_run: bool
) -> Report:
    """Report that an account has a new initial password."""
    name = done.user.username
    data = {"username": name, "changed": done.changed}
    text = f"{name}: {'would be ' * dry_run}{words}; the password must be changed at the sign-in."
    return with_password(data, text, password, is_shown=generate, dry=dry_run)


def describe_account(user: User) -> dict[str, Any]:
    """Return an account as a program reads it."""
    return {
        "username": user.username,
        "roles": sorted(group.name for group in user.groups.all()),
        "active": user.is_active,
        "superuser": user.is_superuser,
        "must_change_password": user.must_change_password,
        "second_factor": has_factor(user),
        "last_login": user.last_login,
    }


def format_account(row: dict[str, Any]) -> str:
    """Return an account in a line."""
    marks = [
        word
        for word, is_so in (
            ("disabled", not row["active"]),
            ("superuser", row["superuser"]),
            ("must change the password", row["must_change_password"]),
            ("no second factor", not row["second_factor"]),
        )
        if is_so
    ]
    return f"{row['username']}: {', '.join(row['roles']) or 'no role'}" + (
        f" ({', '.join(marks)})" if marks else ""
    )
