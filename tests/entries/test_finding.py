"""Finding a WESTER ID: exactly, or candidates that differ only in typing."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from entries import finding
from tests.factories.bookings import BookingFactory, RegistrationFactory
from tests.factories.entries import EntryFactory, MemberFactory, MembershipFactory

pytestmark = pytest.mark.django_db
SOURCES = [EntryFactory, MemberFactory, MembershipFactory, BookingFactory, RegistrationFactory]


def enter(*wester_ids: str) -> None:
    for wester_id in wester_ids:
        EntryFactory.create(wester_id=wester_id)


@pytest.mark.parametrize("factory", SOURCES, ids=lambda factory: factory._meta.model.__name__)
def test_a_wester_id_is_known_by_each_kind_of_row(factory: Any) -> None:
    factory.create(wester_id="W000965422")

    assert finding.is_known("W000965422")
    assert not finding.is_known("w000965422")
    assert not finding.is_known("W00096542")
    assert finding.find_candidates("w000965422") == ["W000965422"]
    assert finding.find_candidates("W00096542") == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Ｗ０００９６５４２２", id="full width"),
        pytest.param("w000965422", id="small"),
        pytest.param("ｗ０００９６５４２２", id="small and full width"),
        pytest.param("W000-965-422", id="hyphens"),
        pytest.param("W000 965 422", id="spaces"),
        pytest.param("Ｗ０００ー９６５‐４２２", id="long vowel, typographic hyphen"),
        pytest.param("W000−965–422", id="minus, dash"),
        pytest.param("W000_965.422/", id="other separators"),
        pytest.param("\u3000W000\u3000965422", id="wide spaces"),
    ],
)
def test_candidates_differ_in_how_they_are_typed(text: str) -> None:
    enter("W000965422", "W000965423", "X000965422")

    assert finding.find_candidates(text) == ["W000965422"]


@pytest.mark.parametrize(
    "text", ["", "-", "ー", "W", "W00096542２２", "田中W000965422", "W0009ö5422"]
)
def test_an_unknown_text_has_no_candidate(text: str) -> None:
    enter("W000965422", "---", "_-")

    assert finding.find_candidates(text) == []


def test_all_that_may_be_meant_are_candidates_once_sorted_as_bytes() -> None:
    enter("w-1", "W1", "W_1", "W-1", "w1", "W11")
    BookingFactory.create(wester_id="W1")

    assert finding.find_candidates("Ｗ 1") == ["W-1", "W1", "W_1", "w-1", "w1"]


@pytest.mark.parametrize("ask", [finding.is_known, finding.find_candidates])
def test_one_query_finds(
    django_assert_num_queries: DjangoAssertNumQueries, ask: Callable[[str], object]
) -> None:
    enter("W1", "w1")

    with django_assert_num_queries(1):
        assert ask("W1")
