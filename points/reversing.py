"""Reverse credits and forfeit their awards, or reverse a forfeit and credit its award.

Each is one statement, so that the accounts are locked in one order.
"""

from datetime import datetime
from typing import Any

from django.db import connection
from psycopg import sql

from core.models import Approval
from core.sql_files import compose_sql, read_sql
from lottery.models import Draw
from points import keys
from points.accounts import open_member_accounts
from points.models import Transfer

# Reads lottery_award and lottery_entrant by their keys.
MEMBER_OF_AWARD = sql.SQL("""
SELECT entrant.wester_id FROM lottery_award award
JOIN lottery_entrant entrant ON entrant.id = award.entrant_id
WHERE award.id = %(award)s""")


def find_forfeit(draw: Draw, key: bytes) -> Transfer | None:
    """Return the forfeit of the award with this credit key, if never credited."""
    forfeits = Transfer.objects.filter(kind=Transfer.Kind.FORFEIT, award__draw=draw)
    uncredited = forfeits.exclude(award__transfers__kind=Transfer.Kind.CREDIT)
    named = uncredited.values_list("pk", "award__entrant__pid", "award__prize").iterator()
    manifest = bytes(draw.manifest_sha256)
    for number, pid, prize in named:
        if keys.award_key(keys.CREDIT, manifest, bytes(pid), prize) == key:
            return Transfer.objects.get(pk=number)
    return None


def reverse_and_credit(forfeit: Transfer, points: int, *, approval: Approval, at: datetime) -> None:
    """Reverse a forfeit, credit ``points`` of its award and release the rest.

    The caller has locked the ledger, and found the forfeit by ``find_forfeit``.
    """
    open_member_accounts(MEMBER_OF_AWARD, award=forfeit.award_id)
    with connection.cursor() as cursor:
        cursor.execute(
            read_sql("points", "reverse_and_credit"),
            {
                "forfeit": forfeit.pk,
                "points": points,
                "at": at,
                "made_by": approval.action,
                "approval": approval.pk,
            },
        )


def reverse_and_forfeit(
    chosen: sql.Composable,
    values: dict[str, Any],
    *,
    reason: str,
    at: datetime,
    made_by: str,
    approval: int | None = None,
) -> int:
    """Reverse each chosen credit and forfeit its award; return the number of credits.

    The caller has locked the ledger.

    Args: ``chosen``: a query of ``transfer_id`` and ``detail``; ``values``: what its placeholders
        stand for.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            compose_sql("points", "reverse_and_forfeit", chosen=chosen),
            {
                **values,
                "reason": reason,
                "at": at,
                "made_by": made_by,
                "approval": approval,
            },
        )
        return int(cursor.rowcount) // 2  # a reversal and a forfeit each
