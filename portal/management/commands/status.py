"""``status``: what is due, late, waiting or broken now, of everything."""

from typing import Any

from core import clock
from core.clock import JAPAN
from core.commands import ContractCommand, Report
from portal.findings import Finding, list_findings


class Command(ContractCommand):
    """Report what is due, late, waiting or broken; exit 1 where somebody has to act."""

    help = __doc__

    def run(self, **_: Any) -> Report:
        """Report every finding, the most urgent first."""
        found = list_findings(now=clock.database_now())
        is_ok = not any(finding.needs_action for finding in found)
        data = {"ok": is_ok, "findings": [describe(finding) for finding in found]}
        lines = [
            f"{finding.since.astimezone(JAPAN):%Y-%m-%d %H:%M} {finding.code}: {finding.what}"
            for finding in found
        ]
        return Report(
            data, "\n".join(lines) or "Nothing is due, late, waiting or broken.", ok=is_ok
        )


def describe(finding: Finding) -> dict[str, Any]:
    """Return a finding for programs."""
    return {
        "code": finding.code,
        "since": finding.since,
        "what": finding.what,
        "runbook": finding.runbook,
        "urgency": finding.urgency.name.lower(),
    }
