"""The ledger, the payout, and what both sides say of it."""

from points.models.accounts import Account
from points.models.payouts import PaidDraw, Payout, PayoutPart
from points.models.settlement import (
    CreditAnswer,
    CreditFile,
    CreditStatus,
    Resolution,
    ResultsFile,
    Reversal,
)
from points.models.standings import AwardStanding, KeyStanding
from points.models.transfers import Transfer

__all__ = [
    "Account",
    "AwardStanding",
    "CreditAnswer",
    "CreditFile",
    "CreditStatus",
    "KeyStanding",
    "PaidDraw",
    "Payout",
    "PayoutPart",
    "Resolution",
    "ResultsFile",
    "Reversal",
    "Transfer",
]
