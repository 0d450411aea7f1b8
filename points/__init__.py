"""The money: ledger, payout, settlement."""
