"""Rebuild the ledger from its transfers, and compare.

Source: docs/specs/points.md 1.5, 4.
"""

from dataclasses import dataclass

from django.db import connection, transaction

from core.sql_files import read_sql
from points.models import Account, Transfer

# Each is a statement, points/sql/verify_<code>.sql, that finds what must not be: the numbers of
# accounts, transfers, awards, draws or payouts, and of no member.
CHECKS = (
    "balance_differs",
    "balance_out_of_bounds",
    "books_do_not_balance",
    "account_missing",
    "payload_differs",
    "key_differs",
    "reversal_differs",
    "reversal_undecided",
    "transfer_before_its_time",
    "ended_without_a_payout",
    "closed_with_open_keys",
    "award_missing",
    "credited_somebody_else",
    "credited_too_much",
    "award_overspent",
    "award_not_reserved",
    "ended_without_an_end",
    "budget_exceeded",
)
SHOWN = 20  # examples of what one check finds


@dataclass(frozen=True)
class Finding:
    """Something that must not be: its code, the number of cases, some examples."""

    code: str
    count: int
    examples: list[int]


@dataclass(frozen=True)
class Verified:
    """The numbers of rows checked, and the findings."""

    accounts: int
    transfers: int
    findings: list[Finding]

    @property
    def ok(self) -> bool:
        """Whether there are no findings."""
        return not self.findings


def verify_ledger() -> Verified:
    """Check every balance, key and standing against the transfers, in one snapshot."""
    is_first = not connection.in_atomic_block
    with transaction.atomic():
        if is_first:
            read_one_snapshot()
        findings = [found for code in CHECKS if (found := run_check(code))]
        return Verified(Account.objects.count(), Transfer.objects.count(), findings)


def read_one_snapshot() -> None:
    """Let all statements of a transaction that begins read the same snapshot."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def run_check(code: str) -> Finding | None:
    """Return what one check finds; None where it finds nothing."""
    with connection.cursor() as cursor:
        cursor.execute(read_sql("points", f"verify_{code}"))
        rows = [int(row[0]) for row in cursor.fetchall()]
    return Finding(code, len(rows), sorted(rows)[:SHOWN]) if rows else None
