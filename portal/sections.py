"""The stretches of the rail network that the lines of a campaign mean, by their ends."""

from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from bookings.models import Stop

Stretch = tuple[str, ...]  # the stations of consecutive sections of one operator, in their order


def stretches_of(operator: str, lines: Collection[str]) -> list[Stretch]:
    """Return the longest stretches that an operator runs on some lines, in the lines' order."""
    rows = Stop.objects.filter(service__name__in=lines).order_by("service_id", "seq")
    stops = rows.values_list("service_id", "station", "operator_to_next")
    found: list[Stretch] = []
    for _service, of_service in groupby(stops, key=itemgetter(0)):
        sections = [(station, runs) for _, station, runs in of_service]
        found += stretches_on_a_line(sections, operator)
    return longest_only(found)


def stretches_on_a_line(
    sections: Iterable[tuple[str, str | None]], operator: str
) -> Iterator[Stretch]:
    """Yield the stretches that an operator runs on one line: each place with who runs on."""
    stations: list[str] = []
    for station, runs in sections:
        if stations or runs == operator:
            stations.append(station)
        if stations and runs != operator:
            yield tuple(stations)
            stations = []


def longest_only(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return the stretches whose ends lie in no longer one, each pair of ends once."""
    found: list[Stretch] = []
    for one in sorted(stretches, key=len, reverse=True):
        if not any({one[0], one[-1]} <= set(other) for other in found):
            found.append(one)
    return found
