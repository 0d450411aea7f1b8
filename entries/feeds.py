"""Every feed that upstream delivers."""

from bookings.booking_feed import BOOKING_FEED
from bookings.feeds import by_name
from bookings.registration_feed import REGISTRATION_FEED
from entries.entry_feed import ENTRY_FEED
from entries.membership_feed import MEMBERSHIP_FEED

FEEDS = by_name(BOOKING_FEED, REGISTRATION_FEED, MEMBERSHIP_FEED, ENTRY_FEED)
