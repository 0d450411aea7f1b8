"""``ledger verify``: rebuild every balance from the transfers, and compare."""

from dataclasses import asdict
from typing import Any

from core.arguments import nothing
from core.commands import Report, VerbCommand
from points.verifying import verify_ledger


class Command(VerbCommand):
    """Rebuild the ledger from its transfers."""

    help = __doc__
    verbs = {"verify": ("verify", nothing)}

    def verify(self, **_: Any) -> Report:
        """Rebuild every balance, key and standing, and compare."""
        verified = verify_ledger()
        data = {
            "ok": verified.ok,
            "accounts": verified.accounts,
            "transfers": verified.transfers,
            "findings": [asdict(finding) for finding in verified.findings],
        }
        checked = f"{verified.accounts:,} accounts, {verified.transfers:,} transfers"
        if verified.ok:
            return Report(data, f"The ledger agrees: {checked}.")
        found = ", ".join(f"{one.code} ({one.count:,})" for one in verified.findings)
        return Report(data, f"The ledger does not agree, {checked}: {found}.", ok=False)
