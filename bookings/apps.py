"""The app and what it registers with the apps below it."""

from django.apps import AppConfig


class BookingsConfig(AppConfig):
    """What was booked and ridden, knowing nothing of campaigns."""

    name = "bookings"
