"""Every campaign that ships reads as if its pages were written for it, in every state."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from campaign import terms as campaign_terms
from campaign.checks import DRAWINGS
from campaign.models import Campaign, Terms
from campaign.terms import check_campaign
from campaign.termsfile import read_campaign_file_at
from config.env import ROOT
from portal.campaign_page import TEMPLATE, campaign_context
from portal.states import ShownState
from tests.factories.campaign import AT, FIRST_TERMS, TermsFactory
from tests.portal.pages import Page, assert_sound

pytestmark = pytest.mark.django_db
FIRST = "012025121203"
FILES = {path.stem: path for path in sorted((ROOT / "campaign/data").glob("*.json"))}
OTHERS = [code for code in FILES if code != FIRST]
JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
ENGLISH_WORDS = re.compile(r"\b[a-z]{2,} [a-z]{2,}\b")
UNFILLED = re.compile(r"%\(|\{\{|\{%|None|[（(][)）]|、、|「」|“”| ,|  ")
ONLY_FIRST = {
    "ja": ["どどんと", "1億ポイントどどんと", "5,000万円", "20,000ポイント", "2024年12月"],
    "en": ["Dodonto", "100 Million Points Back", "up to 20,000", ", 2024"],
}
# What each page has to say, in both languages, and what it must not.
SAYS = {
    "012025121203": (
        ["還元上限は20,000ポイント", "抽選で、還元総額1億ポイントに達するまで", "電話で変更"],
        ["up to 20,000 points", "Drawn by lot until the total of 100,000,000 points is reached"],
        ["口数\n", "人に1人", "山分け", "チケットレス"],
    ),
    "winter-2025-26": (
        [
            "還元上限は10,000ポイント",
            "チケットレスでのご乗車がある方の還元上限は30,000ポイントです。",
            "新大阪～博多",
            "最大30,000ポイント",
        ],
        [
            "up to 10,000 points for each WESTER ID",
            "With a ticketless journey, up to 30,000 points.",
            "新大阪–博多",
        ],
        ["e5489」をご利用の方", "電話で変更", "コンビニ", "敦賀"],
    ),
    "june-2025": (
        ["抽選で2人に1人", "500円以上", "新大阪～博多", "敦賀", "還元上限は10,000ポイント"],
        ["One in 2, drawn by lot", "500 yen or more", "新大阪–博多", "敦賀"],
        ["チケットレス", "山分け"],
    ),
    "monthly-2025-12": (
        [
            "対象ご利用額の合計5,000円ごとに1口、最大20口となります。",
            "50名様",
            "1,000名様",
            "3,000名様",
            "16,000名様",
            "80,000名様",
            "還元上限は100,000ポイント",
            "お一人につき300ポイント",
            "1つのWESTER IDにつき1つの賞まで",
            "あらためてのエントリーは不要です。",
            "口数や賞の条件となる金額",
        ],
        [
            "one lot for every 5,000 yen of your total, at most 20",
            "50 winners",
            "80,000 winners",
            "Each gets 300 points.",
            "need not enter again",
        ],
        ["人に1人", "山分け", "チケットレス"],
    ),
    "share-2021": (
        [
            "抽選は行いません。",
            "100万ポイントを、全員で等しく分け合います。",
            "条件を満たした方全員",
        ],
        ["Nobody is drawn", "All share 1,000,000 points equally."],
        ["当選", "抽選で", "人に1人", "チケットレス"],
    ),
}
SAYS["monthly-2026-01"] = SAYS["monthly-2025-12"]


def publish(code: str) -> Terms:
    """Publish a campaign that ships."""
    file = read_campaign_file_at(FILES[code])
    campaign = Campaign.objects.create(code=file.code)
    terms: Terms = TermsFactory.create(
        campaign=campaign, **file.terms, prizes=file.prizes, published=True, published_at=AT
    )
    return terms


def page_of(terms: Terms, language: str, state: ShownState) -> Page:
    """Return a campaign's page in a state, without the records that lead to it."""
    with translation.override(language):
        context = campaign_context(terms, state=state, now=terms.opens_at)
        return Page(render_to_string(TEMPLATE, context))


@pytest.mark.parametrize("code", FILES)
def test_a_file_has_its_code_for_a_name_and_passes_the_check(code: str) -> None:
    file = read_campaign_file_at(FILES[code])
    assert file.code == code
    campaign_terms.load_campaign(file, at=AT)
    findings = check_campaign(Campaign.objects.get(code=code))
    assert [finding.message for finding in findings if finding.refuses] == []


@pytest.mark.parametrize("code", OTHERS)
def test_a_file_marks_what_is_made_up(code: str) -> None:
    file = read_campaign_file_at(FILES[code])
    assert "仮のもの" in file.terms["expected_sales_basis"]


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_every_drawing_ships(drawing: str) -> None:
    assert "<svg" in render_to_string(f"portal/drawings/{drawing}.html")


def test_every_drawing_that_ships_may_be_chosen() -> None:
    found = {path.stem for path in (ROOT / "templates/portal/drawings").iterdir()}
    assert found == {*DRAWINGS, "_scene"}  # what they have in common


@pytest.mark.parametrize("state", ShownState)
@pytest.mark.parametrize("code", FILES)
def test_a_page_is_sound_and_wholly_in_its_language(code: str, state: ShownState) -> None:
    terms = publish(code)
    for language in ("ja", "en"):
        page = page_of(terms, language, state)
        assert_sound(page)
        assert [text for _lang, text in page.texts if UNFILLED.search(text)] == []
    english, japanese = (page_of(terms, language, state) for language in ("en", "ja"))
    assert [text for lang, text in english.texts if lang == "en" and JAPANESE.search(text)] == []
    assert [t for lang, t in japanese.texts if lang == "ja" and ENGLISH_WORDS.search(t)] == []


@pytest.mark.parametrize("state", ShownState)
@pytest.mark.parametrize("code", OTHERS)
def test_no_page_has_a_word_of_the_first_campaign(code: str, state: ShownState) -> None:
    terms = publish(code)
    for language, words in ONLY_FIRST.items():
        text = page_of(terms, language, state).text
        assert [word for word in words if word in text] == []


@pytest.mark.parametrize("state", [ShownState.OPEN, ShownState.CREDITED])
@pytest.mark.parametrize("code", FILES)
def test_a_page_says_what_its_plan_says(code: str, state: ShownState) -> None:
    terms = publish(code)
    in_japanese, in_english, never = SAYS[code]
    japanese = page_of(terms, "ja", state).text
    english = page_of(terms, "en", state).text
    assert [words for words in in_japanese if words not in japanese] == []
    assert [words for words in in_english if words not in english] == []
    assert [words for words in never if words in japanese] == []


VARIED: dict[str, tuple[dict[str, Any], list[str], list[str]]] = {
    "no entry is needed": (
        {"entry_needed": False},
        ["エントリーは不要です。", "開催中"],
        ["ログインしてエントリーする", "エントリー期間", "受付中", "エントリーする"],
    ),
    "several travel periods": (
        {
            "travel": [
                {"first": "2024-12-26", "last": "2024-12-28"},
                {"first": "2025-01-04", "last": "2025-01-06"},
            ]
        },
        [
            "2024年12月26日（木）～2024年12月28日（土）",
            "2025年1月4日（土）～2025年1月6日（月）",
        ],
        ["2024年12月26日（木）～2025年1月6日（月）"],
    ),
    "a booking period": (
        {"booked_from": AT, "booked_until": AT.replace(day=20)},
        ["対象予約期間", "2024年12月2日（月）9時～2024年12月20日（金）9時"],
        [],
    ),
    "rules that do not exist": (
        {
            "phone_changes_excluded": False,
            "stopovers_excluded": False,
            "channels_excluded": [],
            "payment_methods": {},
            "products_excluded": ["discount"],
        },
        ["割引商品のきっぷ", "取り消し・払いもどしをされたきっぷ", "きっぷのご予約が対象です"],
        ["電話で変更", "途中下車", "みどりの窓口で", "コンビニ", "乗車券のみ", "「鉄道ポイント"],
    ),
}


@pytest.mark.parametrize("case", VARIED)
def test_a_sentence_is_made_of_its_rule(case: str) -> None:
    changes, says, never = VARIED[case]
    terms = TermsFactory.create(published=True, **changes)
    page = page_of(terms, "ja", ShownState.OPEN)
    assert_sound(page)
    assert_sound(page_of(terms, "en", ShownState.OPEN))
    assert [words for words in says if words not in page.text] == []
    assert [words for words in never if words in page.text] == []


@pytest.mark.parametrize(
    ("state", "badge"),
    [
        (ShownState.BEFORE, "開始前"),
        (ShownState.OPEN, "開催中"),
        (ShownState.CLOSED, "終了"),
        (ShownState.COUNTING, "集計中"),
        (ShownState.RESULTS, "抽選結果発表"),
        (ShownState.CREDITED, "還元済み"),
    ],
)
def test_a_campaign_without_entries_has_states_without_them(state: ShownState, badge: str) -> None:
    terms = TermsFactory.create(published=True, entry_needed=False)
    page = page_of(terms, "ja", state)
    assert_sound(page)
    assert badge in page.text[: page.text.index("キャンペーンの概要")]
    assert "受付" not in page.text[: page.text.index("キャンペーンの概要")]


def test_a_revision_is_announced_with_what_changed(publish_again: Callable[..., Terms]) -> None:
    revised = publish_again(minimum_total_yen=6_000, phone_changes_excluded=False)
    japanese, english = (page_of(revised, one, ShownState.OPEN).text for one in ("ja", "en"))
    assert "変更のお知らせ" in japanese
    assert "条件となる期間中総額を、5,000円から6,000円に変更しました。" in japanese
    assert "対象となる予約を変更しました。" in japanese
    assert "Minimum total: from 5,000 yen to 6,000 yen." in english
    assert "Which bookings count: changed." in english
    assert "Explanations on this page: changed." not in english


def test_a_change_that_the_words_of_a_page_do_not_show_is_announced_without_them(
    publish_again: Callable[..., Terms],
) -> None:
    later = FIRST_TERMS["credit_at"] + timedelta(hours=1)
    text = page_of(publish_again(credit_at=later), "en", ShownState.OPEN).text
    assert "Points credited: changed." in text
    assert "Points credited: from" not in text


def test_a_first_version_announces_no_change() -> None:
    terms = TermsFactory.create(published=True)
    assert "変更のお知らせ" not in page_of(terms, "ja", ShownState.OPEN).text


@pytest.fixture
def publish_again() -> Callable[..., Terms]:
    """Return a function that publishes a second version with other terms."""

    def write(**changes: Any) -> Terms:
        first = TermsFactory.create(published=True)
        terms: Terms = TermsFactory.create(campaign=first.campaign, published=True, **changes)
        return terms

    return write


def test_texts_are_shown_as_plain_text() -> None:
    text = {"ja": "<b>太字</b>\n二行目", "en": "<i>one</i>\ntwo"}
    first = TermsFactory.create()
    terms = TermsFactory.create(published=True, texts={**first.texts, "overview": text})
    page = page_of(terms, "ja", ShownState.OPEN)
    assert_sound(page)
    assert "&lt;b&gt;太字&lt;/b&gt;<br>二行目" in page.html


def test_files_are_found() -> None:
    assert {FIRST, "winter-2025-26", "june-2025", "monthly-2025-12", "share-2021"} <= set(FILES)
    assert Path(FILES[FIRST]).exists()
