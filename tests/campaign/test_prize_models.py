"""What values a prize can have, and that the prizes of published terms never change."""

from typing import Any

import pytest

from campaign.models import Prize
from tests.factories.campaign import PrizeFactory, TermsFactory
from tests.guards import refused_as, sql

pytestmark = pytest.mark.django_db
MOST = 10**12
CAP = {"when": ["ticketless"], "cap": 30_000}
FIXED = {"kind": "fixed", "points": 500}
POOL = {"kind": "pool", "points": 500}


def case(name: str, words: str, broken: dict[str, Any], kept: dict[str, Any]) -> Any:
    return pytest.param(name, broken, kept, id=f"{name} {words}")


def winners(count: int) -> dict[str, Any]:
    return {"take": "winners", "take_count": count}


def one_in(count: int) -> dict[str, Any]:
    return {"take": "one_in", "take_count": count}


RULES = [
    case("prize_number_from_1_to_16", "0", {"number": 0}, {"number": 1}),
    case("prize_number_from_1_to_16", "17", {"number": 17}, {"number": 16}),
    case("prize_code_is_identifier", "empty", {"code": ""}, {"code": "-"}),
    case("prize_code_is_identifier", "Japanese", {"code": "松"}, {"code": "x" * 40}),
    case("prize_take_has_its_count", "all", {"take_count": 1}, {"take_count": None}),
    case("prize_take_has_its_count", "winners", {"take": "winners"}, winners(1)),
    case("prize_take_has_its_count", "0 winners", winners(0), winners(MOST)),
    case("prize_take_has_its_count", "too many", winners(MOST + 1), winners(MOST)),
    case("prize_take_has_its_count", "one in 1", one_in(1), one_in(2)),
    case("prize_take_has_its_count", "another", {"take": "some"}, {"take": "all"}),
    case("prize_minimum_in_range", "0", {"minimum_total_yen": 0}, {"minimum_total_yen": 1}),
    case(
        "prize_minimum_in_range",
        "most",
        {"minimum_total_yen": MOST + 1},
        {"minimum_total_yen": MOST},
    ),
    case(
        "prize_beside_takes_all",
        "winners",
        {**winners(1), "beside": True},
        {"take": "all", "beside": True},
    ),
    *(
        case("prize_reward_has_its_words", words, broken, kept)
        for words, broken, kept in (
            ("another kind", {**FIXED, "kind": "other"}, FIXED),
            ("spent without percent", {"percent": None}, {"percent": 1}),
            ("spent 0 percent", {"percent": 0}, {"percent": 1}),
            ("spent 1,001 percent", {"percent": 1_001}, {"percent": 1_000}),
            ("spent without cap", {"cap": None}, {"cap": 1}),
            ("spent with points", {"points": 1}, {"points": None}),
            ("spent, cap 0", {"cap": 0}, {"cap": MOST}),
            ("fixed without points", {**FIXED, "points": None}, FIXED),
            ("fixed with cap", {**FIXED, "cap": 1}, FIXED),
            ("fixed with percent", {**FIXED, "percent": 1}, FIXED),
            ("fixed 0", {**FIXED, "points": 0}, {**FIXED, "points": 1}),
            ("fixed, most", {**FIXED, "points": MOST + 1}, {**FIXED, "points": MOST}),
            ("pool without points", {**POOL, "points": None}, POOL),
            ("pool with percent", {**POOL, "percent": 1}, {**POOL, "cap": 1}),
            ("pool, cap 0", {**POOL, "cap": 0}, {**POOL, "cap": None}),
        )
    ),
    case("prize_pool_takes_all", "winners", {**POOL, **winners(1)}, POOL),
    case(
        "prize_pool_takes_all",
        "minimum",
        {**POOL, "minimum_total_yen": 9_000},
        {**FIXED, "minimum_total_yen": 9_000},
    ),
    *(
        case("prize_cap_if_fits", words, {"cap_if": broken}, {"cap_if": [CAP]})
        for words, broken in (
            ("an object", CAP),
            ("cap 0", [{**CAP, "cap": 0}]),
            ("too large", [{**CAP, "cap": MOST + 1}]),
            ("no fact", [{**CAP, "when": []}]),
            ("facts unsorted", [{**CAP, "when": ["ticketless", "e5489"]}]),
            ("the same twice", [CAP, CAP]),
            ("another word", [{"when": ["ticketless"], "times": 2}]),
        )
    ),
    case("prize_cap_if_fits", "of fixed points", {**FIXED, "cap_if": [CAP]}, FIXED),
]


@pytest.mark.parametrize(("name", "broken", "kept"), RULES)
def test_prizes_keep_the_rule(name: str, broken: dict[str, Any], kept: dict[str, Any]) -> None:
    terms = TermsFactory.create()
    Prize.objects.all().delete()

    with refused_as(name):
        PrizeFactory.create(terms=terms, **broken)

    PrizeFactory.create(terms=terms, **kept)


@pytest.mark.parametrize(
    ("name", "same"),
    [("prize_number_once", {"number": 1}), ("prize_code_once", {"code": "1"})],
    ids=["number", "code"],
)
def test_prizes_are_told_apart(name: str, same: dict[str, Any]) -> None:
    terms = TermsFactory.create()
    other = {"number": 2, "code": "2"}

    with refused_as(name):
        PrizeFactory.create(terms=terms, **(other | same))

    PrizeFactory.create(terms=terms, **other)
    TermsFactory.create()  # with a prize of the same number and code


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE campaign_prize SET cap = cap",
        "DELETE FROM campaign_prize",
        (
            "INSERT INTO campaign_prize (terms_id, number, code, name_ja, name_en, take, beside,"
            " kind, cap_if, points) SELECT id, 2, '2', '2', '2', 'all', FALSE, 'fixed', '[]', 1"
            " FROM campaign_terms"
        ),
    ],
    ids=["changed", "deleted", "added"],
)
def test_prizes_of_published_terms_never_change(statement: str) -> None:
    terms = TermsFactory.create()
    assert sql(statement) == 1
    if "DELETE" in statement:
        PrizeFactory.create(terms=terms)
    published = TermsFactory.create(published=True)

    with refused_as("prize_of_a_draft"):
        sql(f"{statement}{where(statement)} = {published.pk}")


def where(statement: str) -> str:
    """Return how a statement is confined to the prizes of one version."""
    return " WHERE id" if "INSERT" in statement else " WHERE terms_id"


def test_prizes_cannot_leave_published_terms() -> None:
    TermsFactory.create(published=True)
    draft = TermsFactory.create()

    with refused_as("prize_of_a_draft"):
        Prize.objects.exclude(terms=draft).update(terms=draft, number=2, code="2")
