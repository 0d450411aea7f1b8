"""The ledger: accounts, and the transfers between them."""

from points.models.accounts import Account
from points.models.transfers import Transfer

__all__ = ["Account", "Transfer"]
