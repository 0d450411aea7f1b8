"""The arguments of the draw's commands."""

from datetime import datetime
from pathlib import Path

from django.core.management.base import CommandError, CommandParser

from bookings.delivery import BOM
from core.printable import printable_name
from lottery.beacon import Round, read_round
from lottery.models import Draw
from lottery.refusals import UnreadableRound


def round_time(parser: CommandParser) -> None:
    """Declare the time of the round."""
    parser.add_argument(
        "--round-time",
        required=True,
        metavar="INSTANT",
        help="the first round at or after it decides, e.g. 2025-01-17T12:00:00+09:00",
    )


def chain(parser: CommandParser) -> None:
    """Declare the beacon chain."""
    parser.add_argument(
        "--chain", choices=Draw.Chain.values, help="quicknet; in demo mode the local chain"
    )


def round_source(parser: CommandParser) -> None:
    """Declare where the round comes from."""
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--round", metavar="FILE", type=Path, help="a round in drand's own JSON")
    source.add_argument("--fetch", action="store_true", help="fetch the round from drand's relays")
    parser.add_argument(
        "--to-void",
        action="store_true",
        help="run a draw that was never published, so that it can become void",
    )


def reason(parser: CommandParser) -> None:
    """Declare the reason of a void."""
    parser.add_argument("--reason", required=True, metavar="TEXT", help="it will be published")


def output_folder(parser: CommandParser) -> None:
    """Declare where the bundle is written."""
    parser.add_argument("--output", required=True, metavar="DIR", type=Path, help="a folder")


def output_file(parser: CommandParser) -> None:
    """Declare where a file is written."""
    parser.add_argument("--output", required=True, metavar="FILE", type=Path, help="a file")


def pid_key(parser: CommandParser) -> None:
    """Declare the file of an auditor's key."""
    parser.add_argument(
        "--pid-key", required=True, metavar="FILE", type=Path, help="written by draw reveal"
    )


def receipt(parser: CommandParser) -> None:
    """Declare the entrant of a receipt, and its file."""
    parser.add_argument("wester_id", metavar="WESTER_ID", help="the entrant")
    parser.add_argument(
        "--output", metavar="FILE", type=Path, help="write its exact bytes to a file"
    )


def sequence(parser: CommandParser) -> None:
    """Declare the sequence of a draw."""
    parser.add_argument(
        "--sequence", type=int, metavar="N", help="an earlier draw; without it the last one"
    )


def folder(parser: CommandParser) -> None:
    """Declare a bundle, and what an outsider knows of it beforehand."""
    parser.add_argument("folder", metavar="DIR", type=Path, help="a bundle")
    parser.add_argument("--manifest-sha256", metavar="HEX", help="the hash that was announced")
    parser.add_argument("--signing-key", metavar="HEX", help="the organiser's public key")
    parser.add_argument("--receipt", metavar="FILE", type=Path, help="a member's receipt")
    parser.add_argument("--before-draw", action="store_true", help="without the result's files")


def read_instant(text: str) -> datetime:
    """Return an instant that has an offset.

    Raises:
        CommandError: it is no instant, or has no offset.
    """
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise CommandError(
            "--round-time takes an instant with its offset, such as 2025-01-17T12:00:00+09:00.",
            returncode=2,
        )
    return instant


def read_round_file(path: Path) -> Round:
    """Return the round in a file; ``run_draw`` verifies it.

    Raises:
        UnreadableRound: the file cannot be read.
        BadRound: the file has no round.
    """
    try:
        content = path.read_bytes()
    except OSError as failure:
        raise UnreadableRound(f"{printable_name(path)}: {failure.strerror}.") from failure
    return read_round(content.removeprefix(BOM))  # some editors add one


def require_source(chain: str, *, fetch: bool) -> None:
    """Check that ``--fetch`` is given for a public round, and not for a local one.

    Raises:
        CommandError: a public round has neither ``--round`` nor ``--fetch``, or a local one has
            ``--fetch``.
    """
    is_local = chain == Draw.Chain.LOCAL
    if fetch and is_local:
        raise CommandError("The local chain has no relays: leave --fetch out.", returncode=2)
    if not fetch and not is_local:
        raise CommandError("Give the round: --round FILE, or --fetch.", returncode=2)
