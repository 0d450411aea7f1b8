"""Arguments that several commands share, each declared and read in one place."""

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from bookings.printable import printable_name
from campaign.audit import Actor, acting_by_command
from campaign.refusals import BrokenCampaignFile
from campaign.staff import get_staff
from campaign.termsfile import CampaignFile, read_campaign_file

Declare = Callable[[CommandParser], None]


def code(parser: CommandParser) -> None:
    """Declare the campaign's code."""
    parser.add_argument("code", metavar="CODE", help="the campaign's code")


def file(parser: CommandParser) -> None:
    """Declare a campaign file."""
    parser.add_argument("file", metavar="FILE", type=Path, help="a campaign file (JSON)")


def by(parser: CommandParser) -> None:
    """Declare the staff user in whose name the command acts."""
    parser.add_argument("--by", required=True, metavar="USER", help="the acting staff user")


def by_or_machine(parser: CommandParser) -> None:
    """Declare who decides this; outside production the machine's user may stand in."""
    parser.add_argument("--by", metavar="USER", help="the acting staff user; production needs one")


def dry_run(parser: CommandParser) -> None:
    """Declare the wish to see what would happen."""
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
    """Return who acts: the staff user named by ``--by``, typed by the machine's user."""
    return acting_by_command(get_staff(username))


def read_actor_or_machine(username: str | None) -> Actor | None:
    """Return who decides this; None where nobody is named and the machine's user stands in.

    Raises:
        UnknownStaff: no active staff user has this name.
        CommandError: this is production, where a person decides.
    """
    if username is not None:
        return read_actor(username)
    if settings.PRODUCTION:
        raise CommandError(
            "Production records who decides this: name a staff user with --by USER.", returncode=2
        )
    return None


def read_file(path: Path) -> CampaignFile:
    """Read the campaign file at a path.

    Raises:
        BrokenCampaignFile: it cannot be read, or does not hold a campaign.
    """
    try:
        content = path.read_bytes()
    except OSError as failure:
        raise BrokenCampaignFile(f"{printable_name(path)}: {failure.strerror}.") from failure
    return read_campaign_file(content)
