"""The app and what it registers with the apps below it."""

from django.apps import AppConfig


class PointsConfig(AppConfig):
    """The money: ledger, payout, settlement."""

    name = "points"
