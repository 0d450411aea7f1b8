"""Load the answers of the points system, and reverse what it rejected.

Source: docs/specs/points.md 3.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import F, Max
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
DELETE_OTHERS = """
DELETE FROM staged USING shared
WHERE shared.credit_key = staged.credit_key AND shared.draw_id <> %(draw)s"""


@dataclass(frozen=True)
class SettledFile(FileOutcome):
    """What became of one results file for one payout.

    ``rows`` are those of the file; ``applied``, ``duplicates`` and ``quarantined`` are the payout's
    own and those of nobody, ``unknown`` how many of these have a key that belongs to no campaign,
    ``others`` the rows of each other campaign by its code.
    """

    unknown: int = 0
    others: dict[str, int] = field(default_factory=dict)


def settle(
    *,
    payout: Payout,
    path: Path,
    at: datetime,
    watch: OnProgress = ignore_progress,
    actor: Actor | None = None,
) -> SettledFile:
    """Load a results file; every credit that it rejects is reversed and its award forfeited.

    A file may answer for several campaigns: this payout takes its own rows and those that belong to
    none, and the same file may be settled for the others, for each once. Rows that cannot be read
    wait in quarantine and prevent the close, until a later file answers them or a person dismisses
    them. The audit records who loaded the file; nothing of one that is refused, or settled already.

    Raises:
        NotPermitted: the person may not pay.
        NotExported: the file of credits was never written.
        PayoutClosed: both sides agree already.
        OtherPayout: the file answers only for other campaigns; nothing of it is saved.
    """
    approvals.require_actor(actor, auditing.MAY_PAY)
    if not CreditFile.objects.filter(payout=payout).exists():
        raise NotExported(_("The file of credits was never written."))
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
        if outcome.status != FeedFile.Status.LOADED:
            return SettledFile(**vars(outcome))
        settled = describe_own_rows(outcome, payout, values["rows"])
        save_results_file(settled, values)
        counts = {name: getattr(settled, name) for name in ("name", "applied", "quarantined")}
        detail = {**counts, "forfeited": values["forfeited"]}
        auditing.record_payout_step("settle", payout, actor=actor, at=at, detail=detail)
        return settled


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
        applies_again=make_applies_again(payout, values),
    )


def make_applies_again(payout: Payout, values: dict[str, Any]) -> Callable[[FeedFile], bool]:
    """Return the function that looks whether a loaded file is settled for this payout.

    It adds the file to ``values``.
    """

    def applies_again(file: FeedFile) -> bool:
        values["file"] = file
        return not payout.results.filter(file=file).exists()

    return applies_again


def make_apply_results(payout: Payout, values: dict[str, Any]) -> Callable[[CursorWrapper], int]:
    """Return the function that applies the staged rows of one file.

    It adds to ``values`` the rows of each campaign, which delivery it is, and the number of credits
    that were reversed.
    """

    def apply_results(cursor: CursorWrapper) -> int:
        locks.acquire(locks.Lock.LEDGER)
        refuse_closed(payout)
        values["rows"] = share_out_answers(cursor, payout)
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


def share_out_answers(cursor: CursorWrapper, payout: Payout) -> dict[str | None, tuple[int, int]]:
    """Find to which campaign each row belongs, and leave in ``staged`` those of no other.

    Returns the number of rows, and of the rejected ones among them, by the campaign's code; None
    is for those whose key belongs to none.

    Raises:
        OtherPayout: there are only rows of other campaigns, or of none beside these: given to the
            wrong campaign, the file would count as settled there.
    """
    cursor.execute(read_sql("points", "share_out_answers"))
    cursor.execute(read_sql("points", "count_shared_answers"))
    counts = {code: (rows, rejected) for code, rows, rejected in cursor.fetchall()}
    codes = sorted(code for code in counts if code)
    own = payout.draw.campaign.code
    if codes and own not in codes:
        raise OtherPayout(
            _("The file answers for other campaigns, not for this one: %(codes)s.")
            % {"codes": ", ".join(codes)}
        )
    if codes not in ([], [own]):
        cursor.execute(DELETE_OTHERS, {"draw": payout.draw_id})
    cursor.execute("DROP TABLE shared")
    return counts


def describe_own_rows(
    outcome: FileOutcome, payout: Payout, counts: dict[str | None, tuple[int, int]]
) -> SettledFile:
    """Return what became of a loaded file for one payout."""
    own = (None, payout.draw.campaign.code)
    others = {code: rows for code, (rows, _) in counts.items() if code and code not in own}
    rejected = sum(bad for code, (_, bad) in counts.items() if code and code not in own)
    quarantined = outcome.quarantined - rejected
    return SettledFile(
        **{
            **vars(outcome),
            "quarantined": quarantined,
            "duplicates": outcome.rows - outcome.applied - quarantined - sum(others.values()),
        },
        unknown=counts.get(None, (0, 0))[0],
        others=others,
    )


def save_results_file(settled: SettledFile, values: dict[str, Any]) -> None:
    """Record a loaded file with its payout, and settle the rows that it answers."""
    known = values.get("file")
    if known:  # to its first load these rows were no news
        FeedFile.objects.filter(pk=known.pk).update(
            applied=F("applied") + settled.applied, duplicates=F("duplicates") - settled.applied
        )
    loaded = FeedFile.objects.filter(name=settled.name, status=FeedFile.Status.LOADED)
    ResultsFile.objects.create(
        file=known or loaded.latest("id"),
        payout_id=values["payout"],
        business_date=date.fromisoformat(values["business_date"]),
        sequence=values["sequence"],
        delivery=values["delivery"],
    )
    with connection.cursor() as cursor:
        cursor.execute(read_sql("points", "settle_answered_rows"), values)


def refuse_closed(payout: Payout) -> None:
    """Refuse to change a closed payout.

    Raises:
        PayoutClosed: it is.
    """
    payout.refresh_from_db(fields=["closed_at"])
    if payout.closed_at:
        raise PayoutClosed(_("The payout is closed."))
