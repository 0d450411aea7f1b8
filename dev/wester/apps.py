"""The stand-in as an app."""

from django.apps import AppConfig


class WesterConfig(AppConfig):
    """Accounts at the stand-in, and the page to choose one."""

    name = "dev.wester"
    label = "wester"
