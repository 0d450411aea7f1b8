"""Journeys: their grammar, and who runs their sections, against the table walked by hand."""

import re
import subprocess
import sys
import unicodedata
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.journeys import (
    BadJourney,
    JourneyUnresolved,
    Leg,
    Network,
    NetworkRow,
    UnknownService,
    UnknownStation,
    is_well_formed,
    journey_pattern,
    parse_journey,
)
from tests.bookings.contract_model import sections_of
from tests.bookings.network_table import TABLE, stops, walk

RIDES = [(service, *pair) for service in TABLE for pair in permutations(stops(service), 2)]
PASSED = [
    (service, row["station_ja"])
    for service, rows in TABLE.items()
    for row in rows
    if row["kind"] == "pass"
]

WELL_FORMED = [
    pytest.param("のぞみ:東京>新大阪", [("のぞみ", "東京", "新大阪")], id="one leg"),
    pytest.param("A:a>b|B:b>c", [("A", "a", "b"), ("B", "b", "c")], id="two legs"),
    pytest.param("A:a>b|A:a>b", [("A", "a", "b")] * 2, id="the same leg twice"),
    pytest.param("A:a>b|A:b>a", [("A", "a", "b"), ("A", "b", "a")], id="there and back"),
    pytest.param(
        "ひだ（大阪–高山）:大阪>高山",
        [("ひだ（大阪–高山）", "大阪", "高山")],
        id="brackets and a dash",
    ),
    pytest.param(
        "Ａ：Ｂ:a＞b>c｜d",
        [("Ａ：Ｂ", "a＞b", "c｜d")],
        id="full-width separators are characters of a name",
    ),
    pytest.param(" A : a > b ", [(" A ", " a ", " b ")], id="spaces belong to the names"),
    pytest.param("A:a>a ", [("A", "a", "a ")], id="a space makes another station"),
    pytest.param("A:a>ab", [("A", "a", "ab")], id="the start begins the end"),
    pytest.param("A:ab>a", [("A", "ab", "a")], id="the end begins the start"),
    pytest.param("A:a>A", [("A", "a", "A")], id="letters differ by case"),
    pytest.param("A:A>b", [("A", "A", "b")], id="a station named like its service"),
    pytest.param("A:a>b|B:a>b", [("A", "a", "b"), ("B", "a", "b")], id="one ride on two trains"),
    pytest.param('A:"a,">b\r\n', [("A", '"a,"', "b\r\n")], id="characters of CSV"),
    pytest.param("A:a\0>b", [("A", "a\0", "b")], id="NUL is the reader's matter"),
    pytest.param("\\.:.*>[a", [("\\.", ".*", "[a")], id="characters of patterns"),
    pytest.param(
        "A:\u304c>\u304b\u3099",
        [("A", "\u304c", "\u304b\u3099")],
        id="composed and decomposed names differ",
    ),
]
BADLY_FORMED = [
    pytest.param("", id="nothing"),
    pytest.param("|", id="only a separator"),
    pytest.param("A", id="only a name"),
    pytest.param("A:a", id="no end"),
    pytest.param("a>b", id="no service"),
    pytest.param(":a>b", id="an empty service"),
    pytest.param("A:>b", id="an empty start"),
    pytest.param("A:a>", id="an empty end"),
    pytest.param(":>", id="empty names"),
    pytest.param("A:a>b|", id="a joint at the end"),
    pytest.param("|A:a>b", id="a joint at the beginning"),
    pytest.param("A:a>b||B:b>c", id="an empty leg"),
    pytest.param("A::a>b", id="two colons together"),
    pytest.param("A:B:a>b", id="two colons"),
    pytest.param("A:a>b:c", id="a colon in the end"),
    pytest.param("A:a>>b", id="two arrows together"),
    pytest.param("A:a>b>c", id="two arrows"),
    pytest.param("A>a:b", id="arrow before colon"),
    pytest.param("A>B:a>b", id="an arrow in the service"),
    pytest.param("A：a>b", id="a full-width colon does not part"),
    pytest.param("A:a＞b", id="a full-width arrow does not part"),
    pytest.param("A:a>b｜B:b>c", id="a full-width joint does not join"),
    pytest.param("A:a>a", id="a leg to itself"),
    pytest.param("A:a>b|B:b>b", id="the second leg to itself"),
    pytest.param("A:b>b|B:a>b", id="the first leg to itself"),
    pytest.param("A: > ", id="from a space to a space"),
]


@pytest.mark.parametrize(("journey", "legs"), WELL_FORMED)
def test_parse_journey_splits_legs(journey: str, legs: list[tuple[str, str, str]]) -> None:
    assert parse_journey(journey) == [Leg(*leg) for leg in legs]
    assert is_well_formed(journey)


@pytest.mark.parametrize("journey", BADLY_FORMED)
def test_parse_journey_refuses(journey: str, network: Network) -> None:
    with pytest.raises(BadJourney) as refusal:
        parse_journey(journey)

    assert refusal.value.code == "bad_journey"
    assert not is_well_formed(journey)
    with pytest.raises(BadJourney):
        network.operators(journey)


@given(st.text(alphabet="ab:>|", max_size=14))
def test_is_well_formed_agrees_with_plain_splitting(journey: str) -> None:
    def leg_is_well_formed(leg: str) -> bool:
        service, colon, ride = leg.partition(":")
        start, arrow, end = ride.partition(">")
        names = service, start, end
        separators = ":" in "".join(names) or ">" in "".join(names)
        return bool(colon and arrow and all(names)) and not separators and start != end

    assert is_well_formed(journey) == all(map(leg_is_well_formed, journey.split("|")))


@given(st.text(alphabet="a\u304c\u304b\u3099:>|", max_size=14))
def test_journey_pattern_accepts_the_same_in_bytes(journey: str) -> None:
    pattern = re.compile(journey_pattern().encode())

    assert bool(pattern.fullmatch(journey.encode())) == is_well_formed(journey)


@pytest.mark.parametrize(
    ("row", "accepted"),
    [
        pytest.param("1,A:a>b,2", True, id="between commas"),
        pytest.param("1,A:a>b|B:b>c,2", True, id="legs"),
        pytest.param("1,A:a>a,2", False, id="a leg to itself ends at the comma"),
        pytest.param("1,A:a>ab,2", True, id="the start begins the end"),
        pytest.param("1,A:a>b|B:b>b,2", False, id="the last leg to itself"),
        pytest.param("1,A:a>b|,2", False, id="a joint before the comma"),
        pytest.param("1,A:a,>b,2", False, id="a comma in a name"),
        pytest.param("1,,2", False, id="empty"),
    ],
)
@pytest.mark.parametrize("as_bytes", [False, True], ids=["text", "bytes"])
def test_journey_pattern_serves_inside_a_row(row: str, accepted: bool, as_bytes: bool) -> None:
    pattern = f"([0-9]),({journey_pattern(excluded=',')}),([0-9])"

    if as_bytes:
        assert bool(re.fullmatch(pattern.encode(), row.encode())) == accepted
    else:
        assert bool(re.fullmatch(pattern, row)) == accepted


@pytest.mark.parametrize("service", TABLE)
def test_operators_of_every_pair_of_stops(service: str, network: Network) -> None:
    pairs = list(permutations(stops(service), 2))

    found = {pair: network.operators(f"{service}:{pair[0]}>{pair[1]}") for pair in pairs}

    assert found == {pair: walk(service, *pair) for pair in pairs}
    for pair in pairs:
        sections = {f"{operator}:{service}" for operator in walk(service, *pair)}
        assert network.sections(f"{service}:{pair[0]}>{pair[1]}") == sections


@pytest.mark.parametrize(("service", "station"), PASSED)
def test_operators_knows_no_stop_where_a_service_passes(
    service: str, station: str, network: Network
) -> None:
    for stop in stops(service):
        for ride in (f"{service}:{stop}>{station}", f"{service}:{station}>{stop}"):
            with pytest.raises(UnknownStation):
                network.operators(ride)


@pytest.mark.parametrize(
    ("journey", "code"),
    [
        pytest.param("のぞみ２号:東京>新大阪", "unknown_service", id="unknown service"),
        pytest.param("のぞみ:東京>大阪", "unknown_station", id="unknown end"),
        pytest.param("のぞみ:上野>新大阪", "unknown_station", id="unknown start"),
        pytest.param("のぞみ:上野>大阪", "unknown_station", id="both unknown"),
        pytest.param("のぞみ:東京>品川 ", "unknown_station", id="a trailing space"),
        pytest.param("ひだ(大阪–高山):大阪>高山", "unknown_service", id="half-width brackets"),
        pytest.param("ひだ（大阪-高山）:大阪>高山", "unknown_service", id="a hyphen for the dash"),
        pytest.param("ひだ:大阪>高山", "unknown_service", id="the branch left out"),
        pytest.param("のぞみ:東\u00add京>新大阪", "unknown_station", id="an invisible character"),
        pytest.param("しらさぎ:敦賀>金沢", "unknown_station", id="beyond today's last stop"),
        pytest.param("x:a>b|のぞみ:東京>東京", "bad_journey", id="grammar before service"),
        pytest.param("のぞみ:上野>大阪|x", "bad_journey", id="grammar before station"),
        pytest.param("のぞみ:上野>大阪|x:a>b", "unknown_service", id="service before station"),
        pytest.param("x:a>b|のぞみ:上野>大阪", "unknown_service", id="service, then station"),
        pytest.param(
            "のぞみ:東京>京都|のぞみ:京都>大阪", "unknown_station", id="in the second leg"
        ),
    ],
)
def test_operators_refuses_with_the_first_code(journey: str, code: str, network: Network) -> None:
    for _ in range(2):  # the second time some legs are known
        with pytest.raises(JourneyUnresolved) as refusal:
            network.operators(journey)
        assert refusal.value.code == code
        with pytest.raises(JourneyUnresolved) as refusal:
            network.sections(journey)
        assert refusal.value.code == code


def test_operators_compares_names_as_bytes(network: Network) -> None:
    decomposed = unicodedata.normalize("NFD", "のぞみ:東京>品川")
    assert decomposed != "のぞみ:東京>品川"

    assert network.operators("のぞみ:東京>品川") == {"JR Central"}
    with pytest.raises(UnknownService) as refusal:
        network.operators(decomposed)
    assert refusal.value.service == decomposed.partition(":")[0]


def test_unknown_station_names_service_and_station(network: Network) -> None:
    with pytest.raises(UnknownStation, match="のぞみ has no stop 上野") as refusal:
        network.operators("のぞみ:上野>東京")

    assert (refusal.value.service, refusal.value.station) == ("のぞみ", "上野")


@given(rides=st.lists(st.sampled_from(RIDES), min_size=1, max_size=6))
def test_operators_of_a_journey_are_those_of_its_legs(
    network: Network, rides: list[tuple[str, str, str]]
) -> None:
    legs = [f"{service}:{start}>{end}" for service, start, end in rides]

    assert network.operators("|".join(legs)) == set().union(*(walk(*ride) for ride in rides))
    assert network.sections("|".join(legs)) == set(sections_of("|".join(legs)))
    assert network.legs("|".join(legs)) == [(leg, network.operators(leg)) for leg in legs]


@given(rides=st.lists(st.sampled_from(RIDES), min_size=1, max_size=6))
def test_operators_of_the_way_back_are_the_same(
    network: Network, rides: list[tuple[str, str, str]]
) -> None:
    there = "|".join(f"{service}:{start}>{end}" for service, start, end in rides)
    back = "|".join(f"{service}:{end}>{start}" for service, start, end in reversed(rides))

    assert network.operators(back) == network.operators(there)


@given(st.permutations(range(4)))
def test_network_takes_rows_in_any_order(order: list[int]) -> None:
    rows = [
        NetworkRow("A", 1, "a", "X", "stop"),
        NetworkRow("A", 2, "b", "Y", "pass"),
        NetworkRow("A", 3, "c", "Z", "stop"),
        NetworkRow("A", 4, "d", None, "stop"),
    ]

    network = Network(rows[place] for place in order)

    assert network.operators("A:a>c") == {"X", "Y"}
    assert network.operators("A:d>c") == {"Z"}
    assert network.sections("A:a>c") == {"X:A", "Y:A"}
    assert network.all_operators() == {"X", "Y", "Z"}


def test_sections_of_two_legs_name_each_pair_once() -> None:
    network = Network(
        NetworkRow(service, seq, station, operator, "stop")
        for service, operators in (("A", "XYX"), ("B", "XZ"))
        for seq, (station, operator) in enumerate(
            zip("abcd", [*operators, None], strict=False), start=1
        )
    )

    assert network.sections("A:a>d|B:a>c|A:b>a") == {"X:A", "Y:A", "X:B", "Z:B"}
    assert network.operators("A:a>d|B:a>c|A:b>a") == {"X", "Y", "Z"}


def test_journeys_imports_no_django() -> None:
    program = "import sys, bookings.journeys; sys.exit('django' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
