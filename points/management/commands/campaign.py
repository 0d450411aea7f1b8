"""``campaign purge``, beside the verbs of the campaign's own app, which knows no payouts."""

from typing import Any

from campaign.management.commands import campaign
from campaign.queries import get_campaign
from core import arguments, clock
from core.approval_reports import report_request
from core.commands import Report, one_transaction
from points import purging


class Command(campaign.Command):
    """Load, check, publish and purge a campaign."""

    help = __doc__
    verbs = {
        **campaign.Command.verbs,
        "purge": ("purge", arguments.both(arguments.code, arguments.by, arguments.dry_run)),
    }

    def purge(self, *, code: str, by: str, dry_run: bool, **_: Any) -> Report:
        """Request the purge of what only this campaign needed; another person approves."""
        with one_transaction(dry_run=dry_run):
            approval, counts = purging.request_purge(
                campaign=get_campaign(code), actor=arguments.read_actor(by), at=clock.now()
            )
        return report_request(
            f"Campaign {code}",
            approval,
            data={"code": code, "tables": counts},
            nothing="",
            dry_run=dry_run,
        )
