"""Take credits back and forfeit their awards: both in one statement, for any number of them."""

from datetime import datetime
from typing import Any

from django.db import connection

from points import keys

# ``chosen`` is a query of the credits that stand and are to go: credit_id and detail. Of one that
# has lapsed nothing is left to take back; a key of it stays open for a person to end. Reads
# points_transfer, lottery_award and lottery_entrant by their keys.
TAKE_BACK = f"""
WITH back AS MATERIALIZED (
    SELECT credit.*, chosen.detail AS why, forfeited.id AS forfeited_id, draw.manifest_sha256,
        entrant.pid
    FROM ({{chosen}}) chosen
    JOIN points_transfer credit ON credit.id = chosen.credit_id
    JOIN lottery_award award ON award.id = credit.award_id
    JOIN lottery_entrant entrant ON entrant.id = award.entrant_id
    JOIN lottery_draw draw ON draw.id = award.draw_id
    JOIN points_account forfeited
        ON forfeited.campaign_id = draw.campaign_id AND forfeited.kind = 'forfeited'
    WHERE NOT EXISTS (
        SELECT FROM points_transfer lapsed
        WHERE lapsed.award_id = credit.award_id AND lapsed.kind = 'expire'
    )
)
INSERT INTO points_transfer
    (key, kind, debit_id, credit_id, points, award_id, reverses_id, detail, reason, at, made_by,
    approval_id)
SELECT *, %(reason)s, %(at)s, %(made_by)s, %(approval)s
FROM (
    SELECT {keys.key_sql(keys.REVERSE, "key")} AS key, 'reverse', credit_id, debit_id, points,
        NULL::bigint, id, why
    FROM back
    UNION ALL
    SELECT {keys.key_sql(keys.FORFEIT, "manifest_sha256", "pid")}, 'forfeit', debit_id,
        forfeited_id, points, award_id, NULL, why
    FROM back
) steps
ORDER BY key
ON CONFLICT (key, payload) DO NOTHING"""


def take_back(
    chosen: str,
    parameters: dict[str, Any],
    *,
    reason: str,
    at: datetime,
    made_by: str,
    approval: int | None = None,
) -> int:
    """Reverse each credit that a query names and forfeit what it was of; return how many.

    ``chosen`` is SQL for ``credit_id`` and ``detail``, with these named parameters. The caller
    holds the ledger's lock.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            TAKE_BACK.format(chosen=chosen),
            {
                **parameters,
                "reason": reason,
                "at": at,
                "made_by": made_by,
                "approval": approval,
            },
        )
        return int(cursor.rowcount) // 2
