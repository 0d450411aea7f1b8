"""All feeds that upstream delivers, by name."""

from bookings.booking_feed import BOOKING_FEED
from bookings.feeds import index_feeds
from bookings.registration_feed import REGISTRATION_FEED
from entries.entry_feed import ENTRY_FEED
from entries.membership_feed import MEMBERSHIP_FEED

FEEDS = index_feeds(BOOKING_FEED, REGISTRATION_FEED, MEMBERSHIP_FEED, ENTRY_FEED)
