"""``campaign load|check|show|publish|revise``: load, check and publish the terms of a campaign."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from campaign import queries, terms
from campaign.findings import Finding, refusing
from campaign.models import Campaign
from campaign.states import entry_state
from campaign.termsfile import read_campaign_file_at
from core import arguments, clock
from core.approval_reports import report_request
from core.commands import Report, VerbCommand, one_transaction
from core.strict_json import join_place


def file_argument(parser: CommandParser) -> None:
    """Declare a campaign file."""
    parser.add_argument("file", metavar="FILE", type=Path, help="a campaign file (JSON)")


class Command(VerbCommand):
    """Load, check and publish the terms of a campaign."""

    help = __doc__
    hints = {
        **VerbCommand.hints,
        "AlreadyPublished": "Use: campaign revise.",
        "BooksOpen": "Use: payout close.",
        "NotPublished": "Use: campaign load.",
    }
    verbs = {
        "load": (
            "load",
            arguments.both(file_argument, arguments.by_or_machine, arguments.dry_run),
        ),
        "check": ("check_terms", arguments.code),
        "show": ("show", arguments.code),
        "publish": (
            "publish",
            arguments.both(arguments.code, arguments.by, arguments.dry_run),
        ),
        "revise": (
            "revise",
            arguments.both(arguments.code, file_argument, arguments.by, arguments.dry_run),
        ),
    }

    def load(self, *, file: Path, by: str | None, dry_run: bool, **_: Any) -> Report:
        """Load the terms of an unpublished campaign from a file."""
        actor = arguments.read_actor_or_machine(by)
        content = read_campaign_file_at(file)
        with one_transaction(dry_run=dry_run):
            changed = terms.load_campaign(content, at=clock.now(), actor=actor)
            shown = describe_campaign(queries.get_campaign(content.code))
        if not changed:
            words = "these terms are loaded already"
        else:
            words = "would load its terms" if dry_run else "loaded its terms"
        return Report({**shown, "changed": changed}, f"Campaign {content.code}: {words}.")

    def check_terms(self, *, code: str, **_: Any) -> Report:
        """Check that the terms make sense and are within the prize law."""
        findings = terms.check_campaign(queries.get_campaign(code))
        ok = not refusing(findings)
        data = [
            {
                "code": found.code,
                "field": found.field,
                "sentence": found.sentence,
                "message": found.message,
                "refuses": found.refuses,
            }
            for found in findings
        ]
        if not findings:
            return Report({"ok": True, "findings": []}, f"Campaign {code}: nothing to mend.")
        sentences = "\n".join(as_line(found) for found in findings)
        return Report({"ok": ok, "findings": data}, sentences, ok=ok)

    def show(self, *, code: str, **_: Any) -> Report:
        """Show the terms as a campaign file; for people also their version and state."""
        campaign = queries.get_campaign(code)
        shown = describe_campaign(campaign)
        lines = (f"{name:30}{as_text(value)}" for name, value in flat(shown))
        return Report(terms.written_values(queries.working_terms(campaign)), "\n".join(lines))

    def publish(self, *, code: str, by: str, dry_run: bool, **_: Any) -> Report:
        """Request the publication of a campaign; another person approves."""
        with one_transaction(dry_run=dry_run):
            approval = terms.request_publication(
                campaign=queries.get_campaign(code),
                actor=arguments.read_actor(by),
                at=clock.now(),
            )
        return report_request(
            f"Campaign {code}",
            approval,
            data={"code": code},
            nothing=f"Campaign {code} is published already.",
            dry_run=dry_run,
        )

    def revise(self, *, code: str, file: Path, by: str, dry_run: bool, **_: Any) -> Report:
        """Request a new version of published terms; another person approves."""
        with one_transaction(dry_run=dry_run):
            approval = terms.request_revision(
                campaign=queries.get_campaign(code),
                file=read_campaign_file_at(file),
                actor=arguments.read_actor(by),
                at=clock.now(),
            )
        return report_request(
            f"Campaign {code}",
            approval,
            data={"code": code},
            nothing=f"Campaign {code}: these terms are in force.",
            dry_run=dry_run,
        )


def describe_campaign(campaign: Campaign) -> dict[str, Any]:
    """Return a campaign with the terms to compute with, as a program reads them."""
    working = queries.working_terms(campaign)
    draft = queries.draft_terms(campaign)
    return {
        "state": entry_state(working, campaign.entries_frozen_at, now=clock.now()),
        "version": working.version,
        "published_at": working.published_at,
        "draft_version": draft.version if draft else None,
        **terms.written_values(working),
    }


def as_line(finding: Finding) -> str:
    """Return a finding as a person reads it: what only warns begins with the word."""
    return finding.message if finding.refuses else f"Warning: {finding.message}"


def flat(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the values of a campaign file with their places; lists of words stay whole."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from flat(inner, join_place(place, name))
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for number, inner in enumerate(value):
            yield from flat(inner, f"{place}[{number}]")
    else:
        yield place, value


def as_text(value: Any) -> str:
    """Return a value as a person reads it: instants in Japan's time, lists by commas."""
    if isinstance(value, datetime):
        return value.astimezone(clock.JAPAN).isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | dict):
        return ", ".join(value) or "none"
    return "-" if value is None else str(value)
