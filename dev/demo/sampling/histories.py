"""What happens to bookings: booked, changed, cancelled, ridden, and reported late."""

from collections import defaultdict
from random import Random

from dev.demo.sampling.choosing import below, happens, pick, spread
from dev.demo.sampling.people import Person
from dev.demo.sampling.rides import NIGHT_TRAINS, Ride, Rides, reverse
from dev.demo.sampling.times import DAY_S, DAYS, HOUR_S, day_number, instant, stamp

CHANNELS = spread({"web": 61, "app": 31, "counter": 6, "agency": 2})
PRODUCTS = spread({"standard": 60, "discount": 34, "rail_points": 3, "fare_only": 3})
PAYMENTS = spread(
    {
        "registered_card": 86,
        "convenience_store": 4,
        "station": 4,
        "other_card": 4,
        "bank": 1,
        "points": 1,
    }
)
TRAVELLERS = spread({1: 63, 2: 23, 3: 8, 4: 6})
FATES = spread({"used": 84, "cancelled": 7, "refunded": 2, "stopover": 2, "": 5})
LATE_FATES = spread({"refunded": 50, "cancelled": 30, "stopover": 20})
CHANGED_VIA = spread({"web": 58, "app": 28, "phone": 11, "counter": 3})
VIA = {"web": "web", "app": "app", "counter": "counter", "agency": "counter"}

FIRST_TRAVEL, LAST_TRAVEL = day_number("2024-12-26"), day_number("2025-01-06")
EVENINGS = [FIRST_TRAVEL - 1, FIRST_TRAVEL, LAST_TRAVEL, LAST_TRAVEL + 1]
AROUND_FIRST, AROUND_DAYS = day_number("2024-12-12"), 38
BOOKED_FROM = instant("2024-11-26")
FROZEN = instant("2025-01-21")
LATE_DAYS = 22


class Booking:
    """One item of a reservation, and the rows of its events."""

    __slots__ = ("amount_yen", "booked_at", "fixed", "journey", "travel_day", "who")

    def __init__(self, *, who: str, journey: str, amount_yen: int, fixed: str) -> None:
        self.who = who
        self.journey = journey
        self.amount_yen = amount_yen
        self.fixed = fixed
        self.travel_day = self.booked_at = 0

    def row(self, event_id: int, event_type: str, at: int, via: str) -> str:
        """Return the row of an event, with the values as of it."""
        return (
            f"E{event_id:09},{event_type},{stamp(at)},{via},{self.who},{stamp(self.booked_at)},"
            f"{DAYS[self.travel_day]},{self.journey},{self.fixed},{self.amount_yen}"
        )


class Histories:
    """Makes the rows of bookings, by the day whose file has them."""

    def __init__(self, random: Random, *, first_number: int = 0) -> None:
        self.random = random
        self.rides = Rides()
        self.rows: dict[int, list[tuple[int, str]]] = defaultdict(list)
        self.events = self.reservations = first_number

    def travel(self, person: Person) -> None:
        """Make every reservation of a person."""
        for _ in range(person.reservations):
            self.reserve(person)

    def reserve(self, person: Person) -> None:
        """Make one reservation: one way, or there and back as two items."""
        random = self.random
        is_ex = bool(person.ex_member_no) and happens(random, 70)
        is_night = not is_ex and happens(random, 2)
        ride = pick(random, NIGHT_TRAINS) if is_night else self.rides.choose(random, is_ex=is_ex)
        day = pick(random, EVENINGS) if is_night else travel_day(random)
        booked_at = max(
            BOOKED_FROM + below(random, DAY_S),
            day * DAY_S - below(random, 27) * DAY_S - below(random, 16 * HOUR_S),
        )
        channel, travellers = pick(random, CHANNELS), pick(random, TRAVELLERS)
        product, ticketing = pick(random, PRODUCTS), self.take_tickets(is_ex=is_ex)
        tail = f"{channel},{product},{ticketing},{self.pay(is_ex=is_ex)}"
        self.reservations += 1
        rides = [ride, Ride(reverse(ride.journey), ride.fare_yen)]
        for item, way in enumerate(rides[: 1 + happens(random, 55)], start=1):
            amount = way.fare_yen * travellers
            who = self.identify(person, is_ex=is_ex, item=item)
            booking = Booking(who=who, journey=way.journey, amount_yen=amount, fixed=tail)
            booking.booked_at = booked_at
            booking.travel_day = day + (item - 1) * below(random, 4)
            self.make_events(booking, via=VIA[channel], is_night=is_night)

    def pay(self, *, is_ex: bool) -> str:
        """Return how it is paid; EX always charges the registered card."""
        return "registered_card" if is_ex else pick(self.random, PAYMENTS)

    def take_tickets(self, *, is_ex: bool) -> str:
        """Return whether the tickets are on paper; EX is mostly ridden without."""
        return "ticketless" if happens(self.random, 70 if is_ex else 25) else "paper"

    def identify(self, person: Person, *, is_ex: bool, item: int) -> str:
        """Return the fields that identify the booking and its member."""
        number = f"R{self.reservations:08},{item}"
        if is_ex:
            service = "smart_ex" if person.kind.startswith("smart_ex") else "ex_yoyaku"
            return f"{service},{number},,{person.ex_member_no}"
        was_signed_in = not happens(self.random, 4)
        return f"e5489,{number},{person.wester_id if was_signed_in else ''},"

    def make_events(self, booking: Booking, *, via: str, is_night: bool) -> None:
        """Make the events of a booking, from the first to the last that is reported."""
        random = self.random
        self.add_event(booking, "booked", booking.booked_at, via)
        departs = booking.travel_day * DAY_S + (6 + below(random, 15)) * HOUR_S
        if happens(random, 15):
            departs = self.change(booking, departs)
        between = max(departs - booking.booked_at, HOUR_S)
        fate = pick(random, FATES)
        if fate in ("cancelled", "refunded"):
            at = booking.booked_at + 60 + int(random.random() * between)
            self.add_event(booking, fate, at, pick(random, CHANGED_VIA))
            return
        if not fate:
            return
        arrives = departs + (10 if is_night else 1 + below(random, 4)) * HOUR_S + below(random, 900)
        late = below(random, 24) * DAY_S if happens(random, 4) else 0
        self.add_event(booking, "used", arrives, "gate", late=late)
        if fate == "stopover":
            self.add_event(booking, "stopover", arrives + 60, "gate")
        elif happens(random, 0.8):
            at = FROZEN + DAY_S + below(random, LATE_DAYS * DAY_S)
            self.add_event(booking, pick(random, LATE_FATES), at, "system")

    def change(self, booking: Booking, departs: int) -> int:
        """Change a booking before its train leaves; return the new departure."""
        random = self.random
        at = booking.booked_at + 120 + below(random, max(departs - booking.booked_at - 240, 60))
        shift = below(random, 3) - 1
        booking.travel_day += shift if at < departs - DAY_S else 0
        booking.amount_yen += 10 * (below(random, 60) - 20)
        self.add_event(booking, "changed", at, pick(random, CHANGED_VIA))
        return max(booking.travel_day * DAY_S + 8 * HOUR_S, at + HOUR_S)

    def add_event(
        self, booking: Booking, event_type: str, at: int, via: str, *, late: int = 0
    ) -> None:
        """Add an event to the file of its day, or of a later one."""
        self.events += 1
        row = booking.row(self.events, event_type, at, via)
        self.rows[(at + late) // DAY_S].append((at, row))


def travel_day(random: Random) -> int:
    """Return a day of boarding: mostly of the campaign, else some days before or after it."""
    if happens(random, 74):
        return FIRST_TRAVEL + below(random, LAST_TRAVEL - FIRST_TRAVEL + 1)
    return AROUND_FIRST + below(random, AROUND_DAYS)
