"""Arguments that several commands share, each declared and read in one place."""

from collections.abc import Callable

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from core.audit import Actor, acting_by_command
from core.staff import get_staff

Declare = Callable[[CommandParser], None]


def code(parser: CommandParser) -> None:
    """Declare the campaign's code."""
    parser.add_argument("code", metavar="CODE", help="the campaign's code")


def by(parser: CommandParser) -> None:
    """Declare the staff user in whose name the command acts."""
    parser.add_argument("--by", required=True, metavar="USER", help="the acting staff user")


def by_or_machine(parser: CommandParser) -> None:
    """Declare who acts; outside production it may be left out."""
    parser.add_argument("--by", metavar="USER", help="the acting staff user; production needs one")


def by_who_looks(parser: CommandParser) -> None:
    """Declare who looks at members; without it the audit has the machine's user only."""
    parser.add_argument("--by", metavar="USER", help="the staff user who looks, for the audit")


def dry_run(parser: CommandParser) -> None:
    """Declare the dry run."""
    parser.add_argument("--dry-run", action="store_true", help="do everything, then undo it")


def approval(parser: CommandParser) -> None:
    """Declare an approval's number."""
    parser.add_argument("approval", metavar="ID", type=int, help="the approval's number")


def both(*declarations: Declare) -> Declare:
    """Declare several arguments in this order."""

    def declare(parser: CommandParser) -> None:
        for declaration in declarations:
            declaration(parser)

    return declare


def nothing(_parser: CommandParser) -> None:
    """Declare no argument."""


def read_actor(username: str) -> Actor:
    """Return the staff user named by ``--by``, with the machine's user who typed it."""
    return acting_by_command(get_staff(username))


def read_who_looks(username: str | None) -> Actor | None:
    """Return the staff user named by ``--by``; None for the machine's user where none is."""
    return None if username is None else read_actor(username)


def read_actor_or_machine(username: str | None) -> Actor | None:
    """Return the staff user named by ``--by``; None for the machine's user where none is.

    Raises:
        UnknownStaff: no active staff user has this name.
        CommandError: this is production, where a person must be named.
    """
    if username is not None:
        return read_actor(username)
    if settings.PRODUCTION:
        raise CommandError(
            "Production records who decides this: name a staff user with --by USER.", returncode=2
        )
    return None
