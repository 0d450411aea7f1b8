"""Load the answers of the points system, and reverse what it rejected.

Source: docs/specs/points.md 3.
"""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Max
from django.utils.translation import gettext as _
from psycopg import sql

from bookings.feeds import Feed, index_feeds
from bookings.loading import FileOutcome, OnProgress, ignore_progress, load_file
from bookings.manifests import NAME_FORM
from bookings.models import FeedFile
from core import approvals, locks
from core.audit import Actor
from core.sql_files import read_sql
from points import auditing
from points.definitions import CREDIT_RESULTS
from points.models import CreditFile, Payout, ResultsFile
from points.refusals import NotExported, OtherPayout, PayoutClosed
from points.reversing import reverse_and_forfeit

CREATE_STAGED = """
CREATE TEMPORARY TABLE staged ON COMMIT DROP AS
SELECT 0::bigint AS record, ''::text AS credit_key, status, points, detail, processed_at
FROM points_creditanswer WITH NO DATA"""
# The credits that the points system rejected and that still stand here.
REJECTED = sql.SQL("""
SELECT transfer_id, detail FROM points_keystanding
WHERE payout_id = %(payout)s AND classed = 'rejected' AND NOT is_reversed""")


def settle(
    *,
    payout: Payout,
    path: Path,
    at: datetime,
    watch: OnProgress = ignore_progress,
    actor: Actor | None = None,
) -> FileOutcome:
    """Load a results file; every credit that it rejects is reversed and its award forfeited.

    Rows that cannot be read wait in quarantine and prevent the close, until a later file answers
    them or a person dismisses them. The audit records who loaded the file; nothing of one that is
    refused, or loaded already.

    Raises:
        NotPermitted: the person may not pay.
        NotExported: the file of credits was never written.
        PayoutClosed: both sides agree already.
        OtherPayout: the file answers for another campaign; nothing of it is saved.
    """
    approvals.require_actor(actor, auditing.MAY_PAY)
    if not CreditFile.objects.filter(payout=payout).exists():
        raise NotExported(_("The file of credits was never written; use: payout export."))
    values = {"payout": payout.pk, "at": at, **parse_file_name(path)}
    feed = results_feed(payout, values)
    with transaction.atomic():
        outcome = load_file(
            path=path,
            feeds=index_feeds(feed),
            loaded_at=at,
            on_progress=watch,
            follow_links=True,
        )
        if outcome.status == FeedFile.Status.LOADED:
            save_results_file(outcome, values)
            counts = {name: getattr(outcome, name) for name in ("name", "applied", "quarantined")}
            detail = {**counts, "forfeited": values["forfeited"]}
            auditing.record_payout_step("settle", payout, actor=actor, at=at, detail=detail)
    return outcome


def parse_file_name(path: Path) -> dict[str, Any]:
    """Return date and sequence of a results file, which order the files."""
    form = NAME_FORM.fullmatch(path.name)
    _feed, day, sequence = form.groups() if form else ("", "20000101", "000")
    return {"business_date": day, "sequence": int(sequence)}


def results_feed(payout: Payout, values: dict[str, Any]) -> Feed:
    """Return the feed that applies one results file to one payout."""
    return Feed(
        definition=CREDIT_RESULTS,
        lock=locks.Feed.CREDIT_RESULTS,
        create_staged=CREATE_STAGED,
        apply=make_apply_results(payout, values),
    )


def make_apply_results(payout: Payout, values: dict[str, Any]) -> Callable[[CursorWrapper], int]:
    """Return the function that applies the staged rows of one file.

    It adds to ``values`` which delivery it is, and the number of credits that were reversed.
    """

    def apply_results(cursor: CursorWrapper) -> int:
        locks.take(locks.Lock.LEDGER)
        refuse_closed(payout)
        refuse_other_payout(cursor, values)
        values["delivery"] = 1 + find_last_delivery(payout)
        cursor.execute(read_sql("points", "count_new_answers"), values)
        (new,) = cursor.fetchone()
        cursor.execute(read_sql("points", "save_answers"), values)
        values["forfeited"] = reverse_and_forfeit(
            REJECTED, values, reason="rejected", at=values["at"], made_by="payout.settle"
        )
        return int(new)

    return apply_results


def find_last_delivery(payout: Payout) -> int:
    """Return the number of the payout's last results file; 0 before the first."""
    files: int | None = payout.results.aggregate(last=Max("delivery"))["last"]
    return files or 0


def save_results_file(outcome: FileOutcome, values: dict[str, Any]) -> None:
    """Record a loaded file with its payout, and settle the rows that it answers."""
    file = FeedFile.objects.filter(name=outcome.name, status=FeedFile.Status.LOADED).latest("id")
    ResultsFile.objects.create(
        file=file,
        payout_id=values["payout"],
        business_date=date.fromisoformat(values["business_date"]),
        sequence=values["sequence"],
        delivery=values["delivery"],
    )
    with connection.cursor() as cursor:
        cursor.execute(read_sql("points", "settle_answered_rows"), values)


def refuse_other_payout(cursor: CursorWrapper, values: dict[str, Any]) -> None:
    """Refuse a file given to the wrong campaign, where it would count as loaded.

    Raises:
        OtherPayout: a key is of another payout.
    """
    cursor.execute(read_sql("points", "answers_another_payout"), values)
    if cursor.fetchone() == (True,):
        raise OtherPayout(_("The file answers for another campaign; give it to that one."))


def refuse_closed(payout: Payout) -> None:
    """Refuse to change a closed payout.

    Raises:
        PayoutClosed: it is.
    """
    payout.refresh_from_db(fields=["closed_at"])
    if payout.closed_at:
        raise PayoutClosed(_("The payout is closed."))
