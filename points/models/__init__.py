"""The ledger, the payout, and its settlement with the points system."""

from points.models.accounts import Account
from points.models.payouts import Payout, PayoutPart
from points.models.removals import Erasure, Purge
from points.models.settlement import (
    CreditAnswer,
    CreditFile,
    CreditStatus,
    Resolution,
    ResultsFile,
    Reversal,
)
from points.models.standings import AwardStanding, KeyStanding, WaitingAnswer
from points.models.transfers import Transfer

__all__ = [
    "Account",
    "AwardStanding",
    "CreditAnswer",
    "CreditFile",
    "CreditStatus",
    "Erasure",
    "KeyStanding",
    "Payout",
    "PayoutPart",
    "Purge",
    "Resolution",
    "ResultsFile",
    "Reversal",
    "Transfer",
    "WaitingAnswer",
]
