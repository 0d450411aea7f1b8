"""Journeys, and who runs the sections that they ride over; no Django, no database.

Names are compared as they are, code point by code point, which is the same as byte by byte.

Source: docs/specs/feeds.md 1.10, 1.11, 2.1.
"""

import re
from collections.abc import Iterable
from typing import ClassVar, NamedTuple


class NetworkRow(NamedTuple):
    """One row of the network table: a place of a service, and the section to its next place."""

    service: str
    seq: int
    station: str
    operator_to_next: str | None
    kind: str


class Leg(NamedTuple):
    """One ride on one service, in either direction."""

    service: str
    start: str
    end: str


class JourneyUnresolved(Exception):
    """A journey that the network has no answer for; ``code`` is the contract's reason code."""

    code: ClassVar[str]

    def __init__(self, sentence: str, *, service: str = "", station: str = "") -> None:
        super().__init__(sentence)
        self.service, self.station = service, station


class BadJourney(JourneyUnresolved):
    """It is not written as the grammar asks, or a leg leads from a station to itself."""

    code = "bad_journey"


class UnknownService(JourneyUnresolved):
    """The network has no such line or train."""

    code = "unknown_service"


class UnknownStation(JourneyUnresolved):
    """The service does not call there; a place that it only passes is no stop."""

    code = "unknown_station"


def journey_pattern(*, barred: str = "") -> str:
    """Return the whole grammar as a regular expression; encoded, it serves bytes as well.

    It has two named groups of its own. Where it is part of a larger pattern, ``barred`` holds the
    signs that end the field there (a comma, say); no name may then hold one of them.
    """
    sign = f"[^{re.escape(':>|' + barred)}]"

    def leg(group: str) -> str:
        # The look-ahead refuses a leg whose end is its start; (?!sign) is where the end is over.
        to_itself = f"(?P={group})(?!{sign})"
        return f"{sign}++:(?P<{group}>{sign}++)>(?!{to_itself}){sign}++"

    return rf"{leg('journey_start')}(?:\|{leg('journey_next_start')})*"


WELL_FORMED = re.compile(journey_pattern())
INNER_SIGNS = re.compile("[:>]")


def is_well_formed(journey: str) -> bool:
    """Say whether the grammar accepts a journey, whatever services and stations there are."""
    return WELL_FORMED.fullmatch(journey) is not None


def parse_journey(journey: str) -> list[Leg]:
    """Split a journey into its legs.

    Raises:
        BadJourney: it is not legs ``service:from>to`` joined by ``|`` with no name empty, or one
            of its legs leads from a station to itself.
    """
    if not is_well_formed(journey):
        raise BadJourney("A journey is legs 'service:from>to' between two stations, joined by '|'.")
    return [Leg(*INNER_SIGNS.split(leg)) for leg in journey.split("|")]


class Course(NamedTuple):
    """A service made ready for questions."""

    places: dict[str, int]  # of the stations where it calls: how many sections lie before
    sections: list[str]  # who runs each, in the order of the service


class Network:
    """Every service with its stops and sections.

    It remembers each leg that it has resolved; there are no more of them than pairs of stops.
    """

    def __init__(self, rows: Iterable[NetworkRow]) -> None:
        """Take the rows in any order; the last of a service alone has no operator."""
        self._courses: dict[str, Course] = {}
        self._known_legs: dict[str, frozenset[str]] = {}
        for row in sorted(rows, key=lambda row: row.seq):
            course = self._courses.setdefault(row.service, Course({}, []))
            if row.kind == "stop":
                course.places[row.station] = len(course.sections)
            if row.operator_to_next is not None:
                course.sections.append(row.operator_to_next)

    def operators(self, journey: str) -> frozenset[str]:
        """Return who runs the sections of a journey, over all its legs.

        Raises:
            BadJourney, UnknownService, UnknownStation: of those that apply the first in this
                order, whichever leg it is about.
        """
        legs = self._leg_operators(journey)
        return legs[0] if len(legs) == 1 else frozenset().union(*legs)

    def legs(self, journey: str) -> list[tuple[str, frozenset[str]]]:
        """Return each leg as it is written, in order, with who runs its sections.

        Raises:
            BadJourney, UnknownService, UnknownStation: as ``operators`` does.
        """
        return list(zip(journey.split("|"), self._leg_operators(journey), strict=True))

    def all_operators(self) -> frozenset[str]:
        """Return everyone who runs a section of the network."""
        return frozenset().union(*(course.sections for course in self._courses.values()))

    def _leg_operators(self, journey: str) -> list[frozenset[str]]:
        legs = journey.split("|")
        if not all(leg in self._known_legs for leg in legs):
            self._learn(journey)
        return [self._known_legs[leg] for leg in legs]

    def _learn(self, journey: str) -> None:
        legs = parse_journey(journey)
        for leg in legs:
            if leg.service not in self._courses:
                raise UnknownService(
                    f"The network has no service {leg.service}.", service=leg.service
                )
        for text, leg in zip(journey.split("|"), legs, strict=True):
            self._known_legs[text] = self._between(leg)

    def _between(self, leg: Leg) -> frozenset[str]:
        places, sections = self._courses[leg.service]
        for station in (leg.start, leg.end):
            if station not in places:
                raise UnknownStation(
                    f"{leg.service} has no stop {station}.", service=leg.service, station=station
                )
        first, last = sorted((places[leg.start], places[leg.end]))
        return frozenset(sections[first:last])
