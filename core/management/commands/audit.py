"""``audit verify``: check that the audit's records are as they were sealed."""

import argparse
import re
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser

from core import clock, sealing
from core.audit_verifying import verify_audit
from core.commands import Report, VerbCommand

LOGGED = re.compile(r"([1-9][0-9]{0,17}):([0-9a-f]{64})", re.ASCII)


def declare_verify(parser: CommandParser) -> None:
    """Declare the seals that are known from the logs."""
    parser.add_argument(
        "--logged",
        action="append",
        default=[],
        type=read_logged,
        metavar="NUMBER:SHA256",
        help="a seal as a log has it (audit.sealed); may be repeated",
    )


def read_logged(text: str) -> tuple[int, str]:
    """Read the number and the hash of a seal."""
    match = LOGGED.fullmatch(text)
    if match is None:
        raise argparse.ArgumentTypeError(
            "a seal is its number, a colon and 64 hexadecimal characters"
        )
    return int(match[1]), match[2]


class Command(VerbCommand):
    """Check the audit."""

    help = __doc__
    verbs = {"verify": ("verify", declare_verify)}

    def verify(self, *, logged: list[tuple[int, str]], **_: Any) -> Report:
        """Seal what is new, then compare every record with its seal, and the seals."""
        now = clock.database_now()
        sealing.seal_audit(at=now)
        verified = verify_audit(logged=dict(logged), now=now)
        data = {
            "ok": not verified.findings,
            "records": verified.records,
            "removed": verified.removed,
            "unsealed": verified.unsealed,
            "newest": verified.newest,
            "findings": [asdict(finding) for finding in verified.findings],
        }
        checked = f"{verified.records:,} records, newest seal {verified.newest or 'none'}"
        if verified.removed:
            checked = f"{checked}, {verified.removed:,} removed as approved"
        if not verified.findings:
            return Report(data, f"The audit is as it was sealed: {checked}.")
        found = " ".join(
            f"Seal {one.seal}: {one.text}" if one.seal else one.text for one in verified.findings
        )
        return Report(data, f"The audit is not as it was sealed, {checked}. {found}", ok=False)
