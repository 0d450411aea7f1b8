"""Take credits back and forfeit their awards, or the other way round: each in one statement."""

from datetime import datetime
from typing import Any

from django.db import connection

from core.models import Approval
from lottery.models import Draw
from points import keys
from points.accounts import open_member_accounts
from points.models import Transfer

# ``chosen`` is a query of the credits that stand and are to go: transfer_id and detail. Of one that
# has lapsed nothing is left to take back; a key of it stays open for a person to end. Reads
# points_transfer, lottery_award and lottery_entrant by their keys.
TAKE_BACK = f"""
WITH back AS MATERIALIZED (
    SELECT credit.*, chosen.detail AS why, forfeited.id AS forfeited_id, draw.manifest_sha256,
        entrant.pid
    FROM ({{chosen}}) chosen
    JOIN points_transfer credit ON credit.id = chosen.transfer_id
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
    (key, kind, from_account_id, to_account_id, points, award_id, reverses_id, detail, reason, at,
    made_by, approval_id)
SELECT *, %(reason)s, %(at)s, %(made_by)s, %(approval)s
FROM (
    SELECT {keys.key_sql(keys.REVERSE, "key")} AS key, 'reverse', to_account_id, from_account_id,
        points, NULL::bigint, id, why
    FROM back
    UNION ALL
    SELECT {keys.key_sql(keys.FORFEIT, "manifest_sha256", "pid")}, 'forfeit', from_account_id,
        forfeited_id, points, award_id, NULL, why
    FROM back
) steps
ORDER BY key
ON CONFLICT (key, payload) DO NOTHING"""


# The forfeit is of a whole award of which nothing was credited; the member's account is open. Reads
# points_transfer, lottery_award and lottery_entrant by their keys.
GIVE = f"""
WITH undone AS MATERIALIZED (
    SELECT forfeit.*, award.points - %(points)s AS rest, draw.manifest_sha256, entrant.pid,
        terms.expires_on AS last_day, member.id AS member_id, budget.id AS budget_id
    FROM points_transfer forfeit
    JOIN lottery_award award ON award.id = forfeit.award_id
    JOIN lottery_entrant entrant ON entrant.id = award.entrant_id
    JOIN lottery_draw draw ON draw.id = award.draw_id
    JOIN campaign_terms terms ON terms.id = draw.terms_id
    JOIN points_account member ON member.wester_id = entrant.wester_id
    JOIN points_account budget
        ON budget.campaign_id = draw.campaign_id AND budget.kind = 'budget'
    WHERE forfeit.id = %(forfeit)s
)
INSERT INTO points_transfer
    (key, kind, from_account_id, to_account_id, points, award_id, reverses_id, expires_on, reason,
    at, made_by, approval_id)
SELECT *, %(at)s, %(made_by)s, %(approval)s
FROM (
    SELECT {keys.key_sql(keys.REVERSE, "key")} AS key, 'reverse', to_account_id, from_account_id,
        points, NULL::bigint, id, NULL::date, 'resolved'
    FROM undone
    UNION ALL
    SELECT {keys.key_sql(keys.CREDIT, "manifest_sha256", "pid")}, 'credit', from_account_id,
        member_id, %(points)s, award_id, NULL, last_day, ''
    FROM undone
    UNION ALL
    SELECT {keys.key_sql(keys.RELEASE, "manifest_sha256", "pid")}, 'release', from_account_id,
        budget_id, rest, award_id, NULL, NULL, 'lower_total'
    FROM undone WHERE rest > 0
) steps
ORDER BY key"""


WINNER = """
SELECT entrant.wester_id FROM lottery_award award
JOIN lottery_entrant entrant ON entrant.id = award.entrant_id
WHERE award.id = {award}"""


def find_forfeit(draw: Draw, key: bytes) -> Transfer | None:
    """Return the forfeit of the award whose credit has a key, where nothing was ever credited."""
    forfeits = Transfer.objects.filter(kind=Transfer.Kind.FORFEIT, award__draw=draw)
    uncredited = forfeits.exclude(award__transfers__kind=Transfer.Kind.CREDIT)
    named = uncredited.values_list("pk", "award__entrant__pid").iterator()
    manifest = bytes(draw.manifest_sha256)
    for number, pid in named:
        if keys.transfer_key(keys.CREDIT, manifest, bytes(pid)) == key:
            return Transfer.objects.get(pk=number)
    return None


def give(forfeit: Transfer, points: int, *, approval: Approval, at: datetime) -> None:
    """Reverse a forfeit and credit so many points of its award; the rest is released.

    The caller holds the ledger's lock, and has found the forfeit by ``find_forfeit``.
    """
    open_member_accounts(WINNER.format(award=forfeit.award_id))
    with connection.cursor() as cursor:
        cursor.execute(
            GIVE,
            {
                "forfeit": forfeit.pk,
                "points": points,
                "at": at,
                "made_by": approval.action,
                "approval": approval.pk,
            },
        )


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

    ``chosen`` is SQL for ``transfer_id`` and ``detail``, with these named parameters. The caller
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
