"""What became of the campaign: as one object for programs, as text for people."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import Count, Sum
from django.utils.timezone import localtime

from bookings.models import FeedFile, QuarantinedRow
from campaign import eligibility
from dev.demo import examples, stories
from dev.demo.commands import run_command
from dev.demo.job import Job
from dev.demo.scenario import Scenario
from entries.models import Entry
from lottery.models import Draw
from lottery.queries import latest_draw
from points.models import AwardStanding
from portal.plan_words import largest_of_all

VERSION = 4  # of the summary's form; a summary of another version is written again
WIDEST = 26
DATES = {
    "opens_at": "entry opened",
    "closes_at": "entry ended; feeds of late rides still came in",
    "frozen_at": "the list of entrants was frozen, and its fingerprint published",
    "round_time": "a random number, unknown to all until then, decided the order of the draw",
    "confirmed_at": "two people confirmed the result, and members could read it",
    "credited_at": "the winners' points were credited",
    "closed_at": "the points system had answered for every credit; the books were closed",
}
WHY_LESS = {
    "withdrawn": "had left WESTER",
    "below_minimum": "fell below the minimum after cancellations or refunds",
    "lot_withdrawn": "lost the lot that was drawn, after cancellations or refunds",
    "lower_total": "got less after cancellations or refunds",
    "rejected": "could not be credited by the points system",
    "reversed": "had their credit taken back",
}


def summarize(job: Job, scenario: Scenario, seconds: dict[str, float]) -> dict[str, Any]:
    """Summarize what became of the campaign."""
    draw = latest_draw(job.campaign)
    dates = {**asdict(job.schedule), "closes_at": localtime(job.terms.closes_at)}
    return {
        "campaign": job.code,
        "version": VERSION,
        "scenario": asdict(scenario),
        "opened_at": job.schedule.opens_at.isoformat(),
        "closed_at": job.schedule.closed_at.isoformat(),
        "dates": {name: dates[name].isoformat() for name in DATES},
        "feeds": count_feeds(),
        "entries": count_entries(job),
        "draw": describe_draw(job, draw),
        "payout": describe_payout(job, draw),
        "ledger": run_command("ledger", "verify"),
        "reasons": eligibility.reason_counts(job.terms),
        "winner": stories.describe_winner(job.campaign, draw),
        "loser": stories.describe_loser(job.campaign, draw),
        "examples": examples.find_examples(job.terms, draw),
        "seconds": seconds,
    }


def count_feeds() -> dict[str, int]:
    """Count files and rows."""
    loaded = FeedFile.objects.filter(status=FeedFile.Status.LOADED)
    counted = loaded.aggregate(files=Count("id"), rows=Sum("rows"), duplicates=Sum("duplicates"))
    refused = FeedFile.objects.filter(status=FeedFile.Status.REFUSED).count()
    quarantined = QuarantinedRow.objects.count()
    return {**{name: value or 0 for name, value in counted.items()}} | {
        "refused_files": refused,
        "quarantined": quarantined,
    }


def count_entries(job: Job) -> dict[str, int]:
    """Count who entered, by channel."""
    entries = Entry.objects.filter(campaign=job.campaign).values_list("channel")
    return dict(entries.annotate(number=Count("id")).order_by("channel"))


def describe_draw(job: Job, draw: Draw) -> dict[str, Any]:
    """Return the draw in figures."""
    return {
        "state": str(draw.state),
        "manifest_sha256": bytes(draw.manifest_sha256).hex(),
        "entrants": draw.entry_count,
        "winners": draw.awards.values("entrant").distinct().count(),
        "winners_by_prize": draw.winners,
        "total_points": draw.total_points,
        "leftover_points": draw.leftover_points,
        "budget_points": job.terms.budget_points,
        "minimum_total_yen": job.terms.minimum_total_yen,
        "largest_reward_points": largest_of_all(job.terms.plan),
    }


def describe_payout(job: Job, draw: Draw) -> dict[str, Any]:
    """Return the payout in figures, and why awards were lowered or forfeited."""
    standings = AwardStanding.objects.filter(draw=draw).exclude(reason="")
    reasons = standings.values_list("reason").annotate(number=Count("award"))
    found = run_command("payout", "status", job.code)
    return {**found, "reasons": dict(reasons.order_by("reason"))}


def find_summary(file: Path, scenario: Scenario) -> dict[str, Any] | None:
    """Return the summary of this scenario; None where its campaign is not closed yet."""
    if not file.exists():
        return None
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    is_ours = found["scenario"] == asdict(scenario) and found.get("version") == VERSION
    return found if is_ours else None


def to_text(summary: dict[str, Any]) -> str:
    """Write the summary for a person."""
    parts = (
        rules_lines(summary),
        dates_lines(summary),
        figures_lines(summary),
        money_lines(summary),
        reasons_lines(summary),
        people_lines(summary),
        time_lines(summary),
    )
    title = (
        f"The campaign {summary['campaign']}, "
        f"{summary['opened_at'][:10]} to {summary['closed_at'][:10]}"
    )
    body = "\n\n".join("\n".join(f"  {line}" for line in part) for part in parts)
    return f"\n{title}\n{'=' * len(title)}\n\n{body}\n"


def rules_lines(summary: dict[str, Any]) -> Iterator[str]:
    """Yield what the campaign promised."""
    draw = summary["draw"]
    yield f"Book online and ride for {draw['minimum_total_yen']:,} yen or more in all, and"
    yield f"you may get up to {draw['largest_reward_points']:,} points."
    yield f"All winners together get {draw['budget_points']:,} points at most."


def dates_lines(summary: dict[str, Any]) -> Iterator[str]:
    """Yield what happened when."""
    for name, what in DATES.items():
        yield f"{datetime.fromisoformat(summary['dates'][name]):%d %b %Y %H:%M}  {what}"


def figures_lines(summary: dict[str, Any]) -> Iterator[str]:
    """Yield what happened, in figures."""
    feeds, entries, draw = summary["feeds"], summary["entries"], summary["draw"]
    yield (
        f"{feeds['rows']:>11,} rows came in {feeds['files']:,} files; {feeds['duplicates']:,} "
        f"came twice, {feeds['quarantined']:,} were bad and are in quarantine"
    )
    yield (
        f"{sum(entries.values()):>11,} entered: {entries.get('app', 0):,} in the app, "
        f"{entries.get('call_center', 0):,} by telephone, {entries.get('web', 0):,} on the page"
    )
    yield f"{draw['entrants']:>11,} of them could be drawn: enough yen that count, still a member"
    yield f"{draw['winners']:>11,} were drawn, and the published verifier found nothing wrong"
    numbers = ", ".join(f"{count:,}" for count in draw["winners_by_prize"])
    yield f"            winners of the prizes in their order: {numbers}"
    why = ", for the next reward did not fit" if draw["winners"] < draw["entrants"] else ""
    yield (
        f"{draw['total_points']:>11,} of {draw['budget_points']:,} points go to them; "
        f"{draw['leftover_points']:,} stay unspent{why}"
    )


def money_lines(summary: dict[str, Any]) -> Iterator[str]:
    """Yield what became of the points, to the last one."""
    draw, payout = summary["draw"], summary["payout"]
    yield f"{payout['credited_points']:>11,} points were credited to {payout['credited']:,} members"
    yield f"{payout['forfeited_points']:>11,} were forfeited by {payout['forfeited']:,} winners"
    yield f"{payout['released_points']:>11,} were not due: totals had become lower by then"
    yield f"{draw['leftover_points']:>11,} were never drawn"
    yield f"{draw['budget_points']:>11,} points in all, and the ledger agrees"
    for code, number in payout["reasons"].items():
        yield f"            {number:,} winners {WHY_LESS.get(code, 'got less')} ({code})"


def reasons_lines(summary: dict[str, Any]) -> Iterator[str]:
    """Yield why bookings do not count, the most frequent first."""
    counts = dict(summary["reasons"])
    counting, waiting = counts.pop("counts"), counts.pop("pending")
    yield f"{counting['bookings']:,} bookings count, {counting['yen']:,} yen."
    yield "The others do not, for these reasons; some have several:"
    for code, found in sorted(counts.items(), key=lambda one: -one[1]["bookings"]):
        if found["bookings"]:
            yield f"  {code:<{WIDEST + 4}}{found['bookings']:>9,}"
    yield f"{waiting['bookings']:,} of them only wait, for the ride or for their member kind."


def people_lines(summary: dict[str, Any]) -> Iterator[str]:
    """Yield the stories of one who was drawn and of one who was not."""
    winner, loser = summary["winner"], summary["loser"]
    if winner:
        yield "One who was drawn"
        yield from (f"  {line}" for line in stories.to_lines(winner))
        yield f"  Drawn at place {winner['rank']:,}: {winner['award_points']:,} points."
        yield f"  {winner['credit']}"
    if winner and loser:
        yield ""
    if loser:
        yield "One who was not"
        yield from (f"  {line}" for line in stories.to_lines(loser))
        yield "  Prizes or budget had ended before their place in the order: 落選, not drawn."
    if winner and not loser:
        yield "The points sufficed for everybody on the list; nobody was left undrawn."


def time_lines(summary: dict[str, Any]) -> Iterator[str]:
    """Yield the seconds of every step."""
    seconds = summary["seconds"]
    for title, taken in seconds.items():
        yield f"{taken:>7.1f} s  {title}"
    yield f"{sum(seconds.values()):>7.1f} s  in all"
