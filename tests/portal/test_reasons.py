"""Every rule has a sentence for members, in both languages, with the terms filled in."""

import re
from typing import Any

import pytest
from django.utils import translation

from campaign.models import Terms
from campaign.rules import RULES
from entries.rules import MEMBER_RULES
from portal import reasons
from tests.factories.campaign import FIRST_TERMS

JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")

NAMES = re.compile(r" \([^a-z()]*\)")  # Japanese names of products that English sentences quote


@pytest.fixture
def terms() -> Terms:
    """Return terms under which every rule exists, and that need no database."""
    touches = [{"services": ["e5489", "smart_ex"], "operator": "JR West", "lines": None}]
    booked = {"booked_from": FIRST_TERMS["opens_at"], "booked_until": FIRST_TERMS["closes_at"]}
    products = ["discount", "fare_only", "rail_points"]
    changed = {**booked, "touches": touches, "products_excluded": products}
    return Terms(**{**FIRST_TERMS, **changed})


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_of_a_booking_has_a_sentence(terms: Terms, rule: Any, language: str) -> None:
    with translation.override(language):
        sentence = reasons.booking_sentences(terms)[rule.code]
    assert "%" not in sentence
    assert bool(JAPANESE.search(NAMES.sub("", sentence))) == (language == "ja")
    assert sentence.endswith(("。", "."))


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("rule", MEMBER_RULES, ids=lambda rule: rule.code)
def test_every_rule_of_a_member_has_a_sentence(terms: Terms, rule: Any, language: str) -> None:
    with translation.override(language):
        sentence = reasons.member_sentences(terms)[rule.code]
    assert "%" not in sentence
    assert bool(JAPANESE.search(sentence)) == (language == "ja")


FORFEITED = ["withdrawn", "below_minimum", "lot_withdrawn", "reversed", "rejected"]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_reason_of_a_forfeit_has_a_sentence_of_its_own(language: str) -> None:
    with translation.override(language):
        found = [reasons.forfeit_sentence(code, minimum_yen=7_000) for code in FORFEITED]
    assert len(set(found)) == len(FORFEITED)
    assert "7,000" in found[1]
    assert all(bool(JAPANESE.search(sentence)) == (language == "ja") for sentence in found)


def test_nothing_is_said_of_a_draw_where_nobody_is_drawn(terms: Terms) -> None:
    said = reasons.member_sentences(terms, gives_to_all=True)
    codes = ("withdrawn", "below_minimum", "reversed", "rejected")
    forfeits = [
        reasons.forfeit_sentence(code, minimum_yen=5_000, gives_to_all=True) for code in codes
    ]
    assert len(set(forfeits)) == len(codes)
    with translation.override("en"):
        texts = [*reasons.member_sentences(terms, gives_to_all=True).values(), *forfeits]
    assert set(said) == set(reasons.member_sentences(terms))
    assert [text for text in texts if "draw" in text] == []
