"""The pages of feed files and of the rows in quarantine."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings import quarantine
from bookings.models import FeedFile, QuarantinedRow
from core import approvals, audit, clock
from core.admin_base import require_permission, signed_in_actor
from core.audit import Actor
from core.errors import Refusal
from core.printable import printable
from core.second_factor import ask_again
from entries import dismissing, looking
from entries.feeds import FEEDS
from portal.desk.frame import render_desk_page
from portal.desk.operations.forms import DismissalForm
from portal.desk.operations.words import word_of_feed, word_of_refused_file, word_of_row_reason
from portal.formats import grouped

MAY_SEE_FILES, MAY_SEE_ROWS = "bookings.view_feedfile", "bookings.view_quarantinedrow"
PAGE_SIZE = 50
LATELY = timedelta(days=7)


def count_waiting() -> int:
    """Return how many rows wait in quarantine."""
    return QuarantinedRow.objects.filter(status=QuarantinedRow.Status.OPEN).count()


def count_refused() -> int:
    """Return how many files were refused in the last days."""
    since = clock.now() - LATELY
    return FeedFile.objects.filter(status=FeedFile.Status.REFUSED, tried_at__gte=since).count()


# Feed files


@require_safe
def show_feeds(request: HttpRequest) -> HttpResponse:
    """Show the last feed files with their counts; a refused one with the reason in words."""
    require_permission(request, MAY_SEE_FILES)
    files = FeedFile.objects.order_by("-id")
    only_refused = "refused" in request.GET
    if only_refused:
        files = files.filter(status=FeedFile.Status.REFUSED)
    page = read_page(files, request.GET.get("before", ""))
    context = {
        "title": _("Feed files"),
        "only_refused": only_refused,
        "page": page,
        "files": [
            {
                "file": one,
                "feed": word_of_feed(one.feed),
                "reason": word_of_refused_file(one.reason) if one.reason else "",
            }
            for one in page.rows
        ],
    }
    return render_desk_page(request, "desk/operations/feeds.html", context)


@dataclass(frozen=True)
class Page:
    """Some rows of a list by number, and the number that the next page begins below."""

    rows: list[Any]
    before: int | None


def read_page(rows: Any, before: str) -> Page:
    """Return the rows below a number, the greatest first; the list is not counted."""
    if before.isdecimal() and len(before) < 19:  # noqa: PLR2004 - a bigint
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    return Page(shown, shown[-1].pk if len(found) > PAGE_SIZE else None)


# Rows in quarantine


@require_safe
def show_quarantine(request: HttpRequest) -> HttpResponse:
    """Show the waiting rows counted by file and reason; of one file, row by row."""
    actor = require_permission(request, MAY_SEE_ROWS)
    file = find_file(request.GET.get("file", ""))
    context: dict[str, Any] = {
        "title": _("Rows in quarantine"),
        "count": count_waiting(),
        "may_settle": actor.user.has_perm(dismissing.PERMISSION),
        "file": file,
    }
    if file is None:
        context["groups"] = count_by_file_and_reason()
    else:
        rows = QuarantinedRow.objects.filter(file=file, status=QuarantinedRow.Status.OPEN)
        page = read_page(rows.order_by("-id"), request.GET.get("before", ""))
        context |= {"page": page, "rows": [describe_row(one) for one in page.rows]}
    return render_desk_page(request, "desk/operations/quarantine.html", context)


def find_file(number: str) -> FeedFile | None:
    """Return the file whose rows are listed; None for the counts of all files."""
    if not number:
        return None
    is_number = number.isdecimal() and len(number) < 19  # noqa: PLR2004 - a bigint
    return get_object_or_404(FeedFile, pk=int(number) if is_number else 0)


def count_by_file_and_reason() -> list[dict[str, Any]]:
    """Return how many rows wait by file and reason, the last files first."""
    waiting = QuarantinedRow.objects.filter(status=QuarantinedRow.Status.OPEN)
    groups = waiting.values("file_id", "file__name", "file__feed", "file__tried_at", "reason")
    counted = groups.annotate(rows=Count("id"), last=Max("id")).order_by("-file_id", "reason")
    return [
        {
            "file": one["file_id"],
            "name": one["file__name"],
            "feed": word_of_feed(one["file__feed"]),
            "tried_at": one["file__tried_at"],
            "code": one["reason"],
            "reason": word_of_row_reason(one["reason"]),
            "is_replayed": is_replayed(one["file__feed"], one["reason"]),
            "rows": one["rows"],
        }
        for one in counted[: 2 * PAGE_SIZE]
    ]


def is_replayed(feed: str, reason: str) -> bool:
    """Return whether a replay tries rows with this reason again."""
    return feed in FEEDS and reason in FEEDS[feed].data_reasons


def describe_row(row: QuarantinedRow) -> dict[str, Any]:
    """Return a row for the list, without its text."""
    return {
        "row": row,
        "code": row.reason,
        "reason": word_of_row_reason(row.reason),
    }


@require_POST
def replay(request: HttpRequest) -> HttpResponse:
    """Try the rows again that stored data rejected, and show how many were applied."""
    require_permission(request, dismissing.PERMISSION)
    replayed = replay_as_staff(actor=signed_in_actor(request), at=clock.now())
    text = _("Tried again: %(tried)s rows; applied: %(settled)s; still waiting: %(left)s.")
    messages.success(
        request,
        text
        % {
            "tried": grouped(len(replayed.tried)),
            "settled": grouped(replayed.settled),
            "left": grouped(len(replayed.tried) - replayed.settled),
        },
    )
    return redirect("desk:quarantine")


@transaction.atomic
def replay_as_staff(*, actor: Actor, at: datetime) -> quarantine.Replayed:
    """Replay the rows in quarantine, and record who did so.

    Raises:
        NotPermitted: the person may not settle rows.
    """
    approvals.require(actor.user, dismissing.PERMISSION)
    replayed = quarantine.replay_rows(feeds=FEEDS, at=at)
    audit.record(
        actor=actor,
        action="quarantine.replay",
        subject="bookings.quarantinedrow",
        at=at,
        detail={"tried": len(replayed.tried), "settled": replayed.settled},
    )
    return replayed


@require_http_methods(["GET", "HEAD", "POST"])
def show_row(request: HttpRequest, row: int) -> HttpResponse:
    """Show a row with its text where the person may view members; by POST dismiss it."""
    actor = require_permission(request, MAY_SEE_ROWS)
    if request.method == "POST":
        require_permission(request, dismissing.PERMISSION)
        if asking := ask_again(request):
            return asking
    found = get_object_or_404(QuarantinedRow.objects.select_related("file"), pk=row)
    form = DismissalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            dismissing.dismiss_as_staff(
                row=found.pk, reason=form.cleaned_data["reason"], actor=actor, at=clock.now()
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The row is settled; it does not count."))
            return redirect("desk:quarantine")
    sees_text = actor.user.has_perm(looking.PERMISSION)
    if sees_text:
        looking.record_rows([found.pk], actor=actor, at=clock.now())
    context = {
        "title": _("A row in quarantine"),
        **describe_row(found),
        "feed": word_of_feed(found.file.feed),
        "text": read_text(found) if sees_text else None,
        "is_open": found.status == QuarantinedRow.Status.OPEN,
        "is_replayed": is_replayed(found.file.feed, found.reason),
        "may_settle": actor.user.has_perm(dismissing.PERMISSION),
        "form": form,
    }
    return render_desk_page(request, "desk/operations/row.html", context)


def read_text(row: QuarantinedRow) -> str:
    """Return a row as delivered, with unreadable characters escaped."""
    encoding = row.file.encoding or "utf-8"
    return printable(bytes(row.content).decode(encoding, "backslashreplace"))
