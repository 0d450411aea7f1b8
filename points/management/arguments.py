"""Declare and read the arguments of the commands of points."""

from pathlib import Path

from django.core.management.base import CommandError, CommandParser

from points.definitions import is_key
from points.models import CreditStatus


def output_folder(parser: CommandParser) -> None:
    """Declare where the file of credits is written."""
    parser.add_argument("--output", required=True, metavar="DIR", type=Path, help="a folder")


def wester_id(parser: CommandParser) -> None:
    """Declare the member."""
    parser.add_argument("wester_id", metavar="WESTER_ID", help="the member")


def disclosure_folder(parser: CommandParser) -> None:
    """Declare where the files to hand over are written."""
    parser.add_argument("--output", required=True, metavar="DIR", type=Path, help="a new folder")


def results_file(parser: CommandParser) -> None:
    """Declare the results file of the points system."""
    parser.add_argument("file", metavar="FILE", type=Path, help="a credit_results file")


def key(parser: CommandParser) -> None:
    """Declare a credit's key."""
    parser.add_argument("key", metavar="KEY", help="the credit's key, 64 hex digits")


def verdict(parser: CommandParser) -> None:
    """Declare how a key ends."""
    parser.add_argument(
        "--as", dest="verdict", required=True, choices=CreditStatus.values, help="how it ends"
    )


def reason(parser: CommandParser) -> None:
    """Declare why."""
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why, in one line")


def transfer(parser: CommandParser) -> None:
    """Declare a transfer."""
    parser.add_argument("transfer", metavar="TRANSFER", help="its number, or its key in hex")


def read_key(text: str) -> bytes:
    """Return a credit's key as bytes.

    Raises:
        CommandError: it is not a key.
    """
    if not is_key(text):
        raise CommandError("KEY is 64 digits of lower-case hex.", returncode=2)
    return bytes.fromhex(text)
