"""The app and what it registers with the apps below it."""

from django.apps import AppConfig


class LotteryConfig(AppConfig):
    """The draw: freeze, round, order, cut, proof."""

    name = "lottery"
