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


@pytest.fixture
def terms() -> Terms:
    """Return terms that need no database."""
    return Terms(**FIRST_TERMS)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_of_a_booking_has_a_sentence(terms: Terms, rule: Any, language: str) -> None:
    with translation.override(language):
        sentence = reasons.booking_sentences(terms)[rule.code]
    assert "%" not in sentence
    assert bool(JAPANESE.search(sentence)) == (language == "ja")
    assert sentence.endswith(("。", "."))


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("rule", MEMBER_RULES, ids=lambda rule: rule.code)
def test_every_rule_of_a_member_has_a_sentence(terms: Terms, rule: Any, language: str) -> None:
    with translation.override(language):
        sentence = reasons.member_sentences(terms)[rule.code]
    assert "%" not in sentence
    assert bool(JAPANESE.search(sentence)) == (language == "ja")
