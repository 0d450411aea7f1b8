"""Rebuild the whole ledger from its transfers, and compare with what stands.

Source: docs/specs/points.md 1.5, 4.
"""

from dataclasses import dataclass

from django.db import connection, transaction

from points import keys
from points.models import Account, Transfer

# Each finds what must not be: a code, and of what it is. They name accounts, transfers, awards and
# payouts by their numbers, and no member.
BALANCE_DIFFERS = """
SELECT account.id FROM points_account account
LEFT JOIN (
    SELECT id, sum(points) AS points FROM (
        SELECT from_account_id AS id, -points AS points FROM points_transfer
        UNION ALL
        SELECT to_account_id, points FROM points_transfer
    ) sides GROUP BY id
) rebuilt USING (id)
WHERE account.balance_points <> COALESCE(rebuilt.points, 0)"""
BALANCE_OUT_OF_BOUNDS = "SELECT id FROM points_account WHERE balance_points < least_points"
BOOKS_DO_NOT_BALANCE = """
SELECT 0 FROM (SELECT sum(balance_points) AS points FROM points_account) books
WHERE books.points <> 0"""
ACCOUNT_MISSING = """
SELECT transfer.id FROM points_transfer transfer
LEFT JOIN points_account source ON source.id = transfer.from_account_id
LEFT JOIN points_account target ON target.id = transfer.to_account_id
WHERE source.id IS NULL OR target.id IS NULL"""
PAYLOAD_DIFFERS = """
SELECT id FROM points_transfer
WHERE payload <> sha256(
    int8send(from_account_id) || int8send(to_account_id) || int8send(points)
    || int8send(COALESCE(award_id, 0)) || int8send(COALESCE(reverses_id, 0))
    || int8send(COALESCE(expires_on - DATE '2000-01-01', 0)::bigint) || kind::bytea
)"""
KEY_DIFFERS = f"""
SELECT transfer.id FROM points_transfer transfer
JOIN lottery_award award ON award.id = transfer.award_id
JOIN lottery_entrant entrant ON entrant.id = award.entrant_id
JOIN lottery_draw draw ON draw.id = award.draw_id
WHERE transfer.key <> CASE transfer.kind
    WHEN 'reserve' THEN {keys.award_key_sql(keys.RESERVE)}
    WHEN 'credit' THEN {keys.award_key_sql(keys.CREDIT)}
    WHEN 'release' THEN {keys.award_key_sql(keys.RELEASE)}
    WHEN 'forfeit' THEN {keys.award_key_sql(keys.FORFEIT)}
    WHEN 'expire' THEN {keys.award_key_sql(keys.EXPIRE)}
END
UNION ALL
SELECT reversal.id FROM points_transfer reversal
JOIN points_transfer original ON original.id = reversal.reverses_id
WHERE reversal.key <> {keys.key_sql(keys.REVERSE, "original.key")}
UNION ALL
SELECT transfer.id FROM points_transfer transfer
JOIN points_account issuer ON issuer.id = transfer.from_account_id
JOIN campaign_campaign campaign ON campaign.id = issuer.campaign_id
WHERE transfer.kind = 'grant' AND NOT EXISTS (
    SELECT FROM campaign_terms terms WHERE terms.campaign_id = campaign.id
        AND transfer.key = {keys.grant_key_sql("campaign.code", "terms.version")}
)"""
REVERSAL_DIFFERS = "SELECT transfer_id FROM points_reversalverdict WHERE NOT mirrors"
REVERSAL_UNDECIDED = "SELECT transfer_id FROM points_reversalverdict WHERE NOT is_decided"
TRANSFER_BEFORE_ITS_TIME = """
SELECT transfer.id FROM points_transfer transfer
JOIN lottery_award award ON award.id = transfer.award_id
JOIN lottery_draw draw ON draw.id = award.draw_id
JOIN campaign_terms terms ON terms.id = draw.terms_id
WHERE (transfer.kind = 'credit' AND transfer.at < terms.credit_at)
    OR (transfer.kind = 'expire'
        AND transfer.at < (terms.expires_on + 1)::timestamp AT TIME ZONE 'Asia/Tokyo')"""
ENDED_WITHOUT_A_PAYOUT = """
SELECT transfer.id FROM points_transfer transfer
JOIN lottery_award award ON award.id = transfer.award_id
LEFT JOIN points_payout payout ON payout.draw_id = award.draw_id
WHERE transfer.kind IN ('credit', 'release', 'forfeit') AND payout.id IS NULL"""
CLOSED_WITH_OPEN_KEYS = """
SELECT payout.id FROM points_payout payout
WHERE payout.closed_at IS NOT NULL AND EXISTS (
    SELECT FROM points_keystanding key WHERE key.payout_id = payout.id AND key.is_open
)"""
AWARD_MISSING = """
SELECT transfer.id FROM points_transfer transfer
LEFT JOIN lottery_award award ON award.id = transfer.award_id
WHERE transfer.kind IN ('reserve', 'credit', 'release', 'forfeit', 'expire') AND award.id IS NULL"""
CREDITED_SOMEBODY_ELSE = """
SELECT transfer.id FROM points_transfer transfer
JOIN points_account member ON member.id = transfer.to_account_id
JOIN lottery_award award ON award.id = transfer.award_id
JOIN lottery_entrant entrant ON entrant.id = award.entrant_id
WHERE transfer.kind = 'credit' AND member.wester_id IS DISTINCT FROM entrant.wester_id"""
CREDITED_TOO_MUCH = """
SELECT transfer.id FROM points_transfer transfer
JOIN lottery_award award ON award.id = transfer.award_id
JOIN lottery_draw draw ON draw.id = award.draw_id
JOIN campaign_terms terms ON terms.id = draw.terms_id
WHERE transfer.kind = 'credit'
    AND transfer.points > LEAST(award.points, terms.reward_cap_points)"""
AWARD_OVERSPENT = """
SELECT award_id FROM points_awardstanding
WHERE credited_points + released_points + forfeited_points > award_points
    OR expired_points > credited_points"""
AWARD_NOT_RESERVED = """
SELECT award.id FROM lottery_award award
JOIN lottery_draw draw ON draw.id = award.draw_id
LEFT JOIN points_transfer reserve ON reserve.award_id = award.id AND reserve.kind = 'reserve'
LEFT JOIN points_transfer reversal ON reversal.reverses_id = reserve.id
WHERE (draw.state = 'confirmed' AND (reserve.id IS NULL OR reversal.id IS NOT NULL))
    OR (draw.state = 'void' AND reserve.id IS NOT NULL AND reversal.id IS NULL)"""
ENDED_WITHOUT_AN_END = """
SELECT standing.award_id FROM points_awardstanding standing
JOIN points_payout payout ON payout.draw_id = standing.draw_id
WHERE payout.ended_at IS NOT NULL AND (
    standing.state NOT IN ('credited', 'forfeited')
    OR standing.credited_points + standing.released_points + standing.forfeited_points
        <> standing.award_points
)"""
BUDGET_EXCEEDED = """
SELECT draw.id FROM lottery_draw draw
JOIN campaign_terms terms ON terms.id = draw.terms_id
WHERE terms.budget_points < (
    SELECT sum(award.points) FROM lottery_award award WHERE award.draw_id = draw.id
)"""
QUESTIONS = {
    "balance_differs": BALANCE_DIFFERS,
    "balance_out_of_bounds": BALANCE_OUT_OF_BOUNDS,
    "books_do_not_balance": BOOKS_DO_NOT_BALANCE,
    "account_missing": ACCOUNT_MISSING,
    "payload_differs": PAYLOAD_DIFFERS,
    "key_differs": KEY_DIFFERS,
    "reversal_differs": REVERSAL_DIFFERS,
    "reversal_undecided": REVERSAL_UNDECIDED,
    "transfer_before_its_time": TRANSFER_BEFORE_ITS_TIME,
    "ended_without_a_payout": ENDED_WITHOUT_A_PAYOUT,
    "closed_with_open_keys": CLOSED_WITH_OPEN_KEYS,
    "award_missing": AWARD_MISSING,
    "credited_somebody_else": CREDITED_SOMEBODY_ELSE,
    "credited_too_much": CREDITED_TOO_MUCH,
    "award_overspent": AWARD_OVERSPENT,
    "award_not_reserved": AWARD_NOT_RESERVED,
    "ended_without_an_end": ENDED_WITHOUT_AN_END,
    "budget_exceeded": BUDGET_EXCEEDED,
}
SHOWN = 20  # of what one question finds


@dataclass(frozen=True)
class Finding:
    """Something that must not be: its code, how often, and the first of what it is of."""

    code: str
    count: int
    examples: list[int]


@dataclass(frozen=True)
class Verified:
    """What was looked at, and what was found."""

    accounts: int
    transfers: int
    findings: list[Finding]

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def verify_ledger() -> Verified:
    """Rebuild every balance, key and standing; return what was looked at and what was found.

    One snapshot of the database, so that transfers made meanwhile do no harm.
    """
    is_first = not connection.in_atomic_block
    with transaction.atomic():
        if is_first:
            read_one_snapshot()
        findings = [found for code in QUESTIONS if (found := ask(code))]
        return Verified(Account.objects.count(), Transfer.objects.count(), findings)


def read_one_snapshot() -> None:
    """Have all statements of a transaction that begins see the same."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def ask(code: str) -> Finding | None:
    """Ask one question; None where nothing is found."""
    with connection.cursor() as cursor:
        cursor.execute(QUESTIONS[code])
        rows = [int(row[0]) for row in cursor.fetchall()]
    return Finding(code, len(rows), sorted(rows)[:SHOWN]) if rows else None
