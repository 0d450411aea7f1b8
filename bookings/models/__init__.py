"""The tables of bookings, EX registrations, the rail network and feed files."""

from bookings.models.bookings import Booking, BookingEvent, EventTicketing
from bookings.models.erased import ErasedIdentifier
from bookings.models.feeds import FeedExpectation, FeedFile, InboxFile, QuarantinedRow
from bookings.models.marks import MemberMark
from bookings.models.network import Service, Stop
from bookings.models.registrations import ExRegistration, RegistrationRow

__all__ = [
    "Booking",
    "BookingEvent",
    "ErasedIdentifier",
    "EventTicketing",
    "ExRegistration",
    "FeedExpectation",
    "FeedFile",
    "InboxFile",
    "MemberMark",
    "QuarantinedRow",
    "RegistrationRow",
    "Service",
    "Stop",
]
