"""Parse journeys, and find who runs the sections that they ride over; no Django.

Names are compared unchanged, code point by code point, which equals byte by byte in UTF-8.

Source: docs/specs/feeds.md 1.10, 1.11, 2.1, 2.4.
"""

import re
from collections.abc import Iterable
from typing import ClassVar, NamedTuple

STOP, PASS = "stop", "pass"  # kinds of a row of the network


class NetworkRow(NamedTuple):
    """One row of the network table: a station of a service, and the section after it."""

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
    """The network cannot resolve a journey; ``code`` is the contract's reason code."""

    code: ClassVar[str]

    def __init__(self, sentence: str, *, service: str = "", station: str = "") -> None:
        super().__init__(sentence)
        self.service, self.station = service, station


class BadJourney(JourneyUnresolved):
    """The journey breaks the grammar, or a leg leads from a station to itself."""

    code = "bad_journey"


class UnknownService(JourneyUnresolved):
    """The network has no such line or train."""

    code = "unknown_service"


class UnknownStation(JourneyUnresolved):
    """The service does not stop there; a station that it only passes is no stop."""

    code = "unknown_station"


def journey_pattern(*, excluded: str = "") -> str:
    """Return the grammar as a regular expression; encoded, it matches bytes as well.

    It has two named groups. Args: ``excluded`` are characters that no name may contain, such as
    the comma that ends the field in a larger pattern.
    """
    character = f"[^{re.escape(':>|' + excluded)}]"

    def leg(group: str) -> str:
        # The look-ahead refuses a leg whose end is its start; (?!character) is the end of the name.
        to_itself = f"(?P={group})(?!{character})"
        return f"{character}++:(?P<{group}>{character}++)>(?!{to_itself}){character}++"

    return rf"{leg('journey_start')}(?:\|{leg('journey_next_start')})*"


WELL_FORMED = re.compile(journey_pattern())
LEG_SEPARATORS = re.compile("[:>]")


def is_well_formed(journey: str) -> bool:
    """Return whether a journey follows the grammar, whatever services and stations exist."""
    return WELL_FORMED.fullmatch(journey) is not None


def parse_journey(journey: str) -> list[Leg]:
    """Split a journey into its legs.

    Raises:
        BadJourney: it is not legs ``service:from>to`` joined by ``|``, a name is empty, or a leg
            leads from a station to itself.
    """
    if not is_well_formed(journey):
        raise BadJourney("A journey is legs 'service:from>to' between two stations, joined by '|'.")
    return [Leg(*LEG_SEPARATORS.split(leg)) for leg in journey.split("|")]


def name_section(operator: str, line: str) -> str:
    """Return how a booking's sections name those that an operator runs on a line.

    A line is a service of the network: a line or a train, as a leg names it. No name contains the
    separator, so that two pairs have two names.
    """
    return f"{operator}:{line}"


class RiddenSections(NamedTuple):
    """Who runs the sections that are ridden, and their names by ``name_section``."""

    operators: frozenset[str]
    sections: frozenset[str]


class IndexedService(NamedTuple):
    """A service, indexed to find the operators between two of its stops."""

    stops: dict[str, int]  # the number of sections before each stop
    operators: list[str]  # of each section, in the order of the service


class Network:
    """Every service with its stops and sections.

    Resolved legs are cached; there are no more of them than pairs of stops.
    """

    def __init__(self, rows: Iterable[NetworkRow]) -> None:
        """Index the rows, in any order; only the last of a service has no operator."""
        self._services: dict[str, IndexedService] = {}
        self._resolved_legs: dict[str, RiddenSections] = {}
        for row in sorted(rows, key=lambda row: row.seq):
            service = self._services.setdefault(row.service, IndexedService({}, []))
            if row.kind == STOP:
                service.stops[row.station] = len(service.operators)
            if row.operator_to_next is not None:
                service.operators.append(row.operator_to_next)

    def operators(self, journey: str) -> frozenset[str]:
        """Return who runs the sections of a journey, over all its legs.

        Raises:
            BadJourney, UnknownService, UnknownStation: the first that applies to any leg, in this
                order.
        """
        legs = self._legs_of(journey)
        return legs[0].operators if len(legs) == 1 else frozenset().union(*(o for o, _ in legs))

    def sections(self, journey: str) -> frozenset[str]:
        """Return each operator together with the line that it runs a ridden section of.

        Named by ``name_section``.

        Raises:
            BadJourney, UnknownService, UnknownStation: as ``operators`` does.
        """
        legs = self._legs_of(journey)
        return legs[0].sections if len(legs) == 1 else frozenset().union(*(s for _, s in legs))

    def legs(self, journey: str) -> list[tuple[str, frozenset[str]]]:
        """Return each leg as written, in order, with who runs its sections.

        Raises:
            BadJourney, UnknownService, UnknownStation: as ``operators`` does.
        """
        operators = (leg.operators for leg in self._legs_of(journey))
        return list(zip(journey.split("|"), operators, strict=True))

    def all_operators(self) -> frozenset[str]:
        """Return all operators of the network."""
        return frozenset().union(*(service.operators for service in self._services.values()))

    def _legs_of(self, journey: str) -> list[RiddenSections]:
        legs = journey.split("|")
        if not all(leg in self._resolved_legs for leg in legs):
            self._resolve_legs(journey)
        return [self._resolved_legs[leg] for leg in legs]

    def _resolve_legs(self, journey: str) -> None:
        legs = parse_journey(journey)
        for leg in legs:
            if leg.service not in self._services:
                raise UnknownService(
                    f"The network has no service {leg.service}.", service=leg.service
                )
        for text, leg in zip(journey.split("|"), legs, strict=True):
            operators = self._operators_between(leg)
            sections = frozenset(name_section(operator, leg.service) for operator in operators)
            self._resolved_legs[text] = RiddenSections(operators, sections)

    def _operators_between(self, leg: Leg) -> frozenset[str]:
        stops, operators = self._services[leg.service]
        for station in (leg.start, leg.end):
            if station not in stops:
                raise UnknownStation(
                    f"{leg.service} has no stop {station}.", service=leg.service, station=station
                )
        first, last = sorted((stops[leg.start], stops[leg.end]))
        return frozenset(operators[first:last])
