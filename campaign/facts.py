"""Facts of a member by the counting bookings: the services booked with, and a ticketless ride.

A total keeps them as a set of bits, so that Postgres gathers them while it adds up.
Source: docs/specs/campaigns.md 2.
"""

from collections.abc import Iterable

from django.db.models import Q

from bookings.enumerations import BookingService

TICKETLESS = "ticketless"
FACTS = (*sorted(BookingService.values), TICKETLESS)  # each the bit of its place; never reordered
BITS = {fact: 1 << place for place, fact in enumerate(FACTS)}
COMBINATIONS = tuple(
    frozenset(fact for fact, bit in BITS.items() if bits & bit) for bits in range(2 ** len(FACTS))
)  # each in the place that its bits say


def facts_of(bits: int) -> list[str]:
    """Return the facts that these bits say, sorted."""
    return sorted(COMBINATIONS[bits])


def bits_of(facts: Iterable[str]) -> int:
    """Return the bits that say these facts."""
    return sum(BITS[fact] for fact in set(facts))


def booking_gives(fact: str) -> Q:
    """Return the condition that a booking gives a fact."""
    return Q(ticketing=TICKETLESS) if fact == TICKETLESS else Q(booking_service=fact)
