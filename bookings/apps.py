"""The app and what it registers with the apps below it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BookingsConfig(AppConfig):
    """What was booked and ridden, knowing nothing of campaigns."""

    name = "bookings"
    verbose_name = _("Bookings and network")
