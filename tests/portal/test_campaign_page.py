"""The contents of the campaign page in both languages and every state."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from campaign.models import Terms
from portal.campaign_page import TEMPLATE, campaign_context
from portal.states import ShownState
from tests.factories.campaign import FIRST_TERMS
from tests.portal.conftest import JAPAN
from tests.portal.pages import Page, assert_sound

JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
ENGLISH_WORDS = re.compile(r"\b[a-z]{2,} [a-z]{2,}\b")
LANGUAGES = ["ja", "en"]
STATES = {
    ShownState.BEFORE: ("受付前", "エントリー受付は12月10日（火）12時からです。", "Not open yet"),
    ShownState.OPEN: (
        "受付中",
        "1月13日（月・祝）24時まで、エントリーを受け付けています。",
        "Open for entry",
    ),
    ShownState.CLOSED: ("受付終了", "エントリー期間は終了しました。", "Entry closed"),
    ShownState.COUNTING: ("集計中", "ご利用額の集計と抽選を行っています。", "Counting"),
    ShownState.RESULTS: ("抽選結果発表", "抽選結果を発表しました。", "Results announced"),
    ShownState.CREDITED: ("還元済み", "ポイントの還元が完了しました。", "Points credited"),
}
ANNOUNCED = """
2024年12月10日（火）12時～2025年1月13日（月・祝）24時
2024年12月26日（木）～2025年1月6日（月）
ご予約やご乗車の後にエントリーした場合も、キャンペーンの対象となります。
1億ポイント
期間中総額5,000円以上
最大20,000ポイント
還元上限は20,000ポイント
WESTER IDでのログイン
「e5489」または「EXサービス」（エクスプレス予約・スマートEX）の全商品
一部でもJR西日本区間を含む、特急・新幹線等
JR西日本以外の区間で完結する行程のご予約は対象外
WESTER IDでログインしてご予約ください。
スマートEX会員
JR東海エクスプレス・カード会員
JQ CARD エクスプレス会員
ご予約前に「EXサービスポイント付与登録」が必要です。
J-WESTカード（エクスプレス）会員
手続き不要
スマートEX海外向けサービス会員
エクスプレス予約の一部法人モデル会員
一部会員の方を除きます
みどりの窓口や旅行会社等で、J-WESTカード決済により
予約操作時に登録されているクレジットカード
コンビニ・金融機関・駅でのお支払い
取り消し・払いもどし・途中下車
お電話で変更された
「鉄道ポイント利用商品」
ポイント還元の総額は1億ポイントを予定しています。
WESTERポイントの還元は、2025年2月中旬の予定です。
有効期限は、2026年3月末です。
ポイント還元時にWESTER会員を退会されている場合は、ポイント還元の対象外
WESTERポイント特典きっぷ
WESTERポイントアップグレード（グリーン）
クレジットカード番号やパスワードをお尋ねすることはありません。
""".strip().splitlines()
OTHER_TERMS = {
    "name_ja": "春の6,600万ポイントキャンペーン",
    "name_en": "Spring Campaign",
    "public_at": datetime(2027, 3, 1, 9, tzinfo=JAPAN),
    "opens_at": datetime(2027, 3, 2, 10, 30, tzinfo=JAPAN),
    "closes_at": datetime(2027, 4, 8, 18, tzinfo=JAPAN),
    "travel_first": date(2027, 3, 20),
    "travel_last": date(2027, 3, 31),
    "minimum_total_yen": 7_700,
    "cap": 33_000,
    "budget_points": 66_000_000,
    "credit_at": datetime(2027, 5, 25, 10, tzinfo=JAPAN),
    "expires_on": date(2028, 6, 15),
    "kept_until": date(2029, 6, 15),
    "operator": "JR Kyushu",
    "kinds_excluded": ["j_west_card_express"],
    "kinds_registered": ["plus_ex"],
    "kinds_free": ["view_express_card"],
    "prizes": [{"name_ja": "春のポイント", "name_en": "Points of spring"}],
    "texts": {
        **FIRST_TERMS["texts"],
        "heading": {"ja": "春の6,600万ポイントキャンペーン", "en": "Spring Campaign"},
        "slogan": {"ja": "春ですよ！", "en": "It is spring!"},
        "overview": {"ja": "春の旅をどうぞ。", "en": "Travel in spring."},
        "organiser": {"ja": "春の会社", "en": "The company of spring"},
        "contact_name": {"ja": "春の事務局", "en": "Office of spring"},
        "notes": [{"ja": "春の注意です。", "en": "A note of spring."}],
    },
}
Publish = Callable[..., Terms]


def page_in(language: str, state: ShownState, terms: Terms, *, now: datetime | None = None) -> Page:
    """Render the page in a state, without the records that lead to it."""
    with translation.override(language):
        return Page(
            render_to_string(
                TEMPLATE, campaign_context(terms, state=state, now=now or terms.opens_at)
            )
        )


def test_page_contains_the_whole_announcement(publish: Publish) -> None:
    text = page_in("ja", ShownState.OPEN, publish()).text
    assert [sentence for sentence in ANNOUNCED if sentence not in text] == []


@pytest.mark.parametrize("state", STATES)
def test_page_shows_its_state_first(publish: Publish, state: ShownState) -> None:
    terms = publish()
    badge, lead, english_badge = STATES[state]
    japanese, english = (page_in(language, state, terms).text for language in LANGUAGES)
    before_the_announcement = japanese[: japanese.index("キャンペーンの概要")]
    assert badge in before_the_announcement
    assert lead in before_the_announcement
    assert english_badge in english[: english.index("The campaign in short")]
    others = {words[0] for other, words in STATES.items() if other is not state}
    assert not [word for word in others if word in before_the_announcement]


@pytest.mark.parametrize("state", STATES)
def test_page_announces_no_delay_once_all_is_counted(publish: Publish, state: ShownState) -> None:
    text = page_in("ja", state, publish()).text
    assert ("反映には数日かかる" in text) == (state is not ShownState.CREDITED)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", STATES)
def test_page_is_sound(publish: Publish, state: ShownState, language: str) -> None:
    page = page_in(language, state, publish())
    assert_sound(page)
    assert page.all("html")[0].lang == language


@pytest.mark.parametrize("state", STATES)
def test_page_is_wholly_in_its_language(publish: Publish, state: ShownState) -> None:
    terms = publish()
    japanese, english = (page_in(language, state, terms) for language in LANGUAGES)
    assert [text for lang, text in english.texts if lang == "en" and JAPANESE.search(text)] == []
    assert {text for lang, text in english.texts if lang == "ja"} == {
        "日本語",
        "EXサービスポイント付与登録",
        "鉄道ポイント利用商品",
        "WESTERポイント特典きっぷ",
        "WESTERポイントアップグレード（グリーン）",
    }
    assert [t for lang, t in japanese.texts if lang == "ja" and ENGLISH_WORDS.search(t)] == []


def test_the_entry_button_is_shown_only_while_entry_is_possible(publish: Publish) -> None:
    terms = publish()
    requested = {state: "参加のしかた" in page_in("ja", state, terms).text for state in ShownState}
    assert [state for state, is_asked in requested.items() if is_asked] == [
        ShownState.BEFORE,
        ShownState.OPEN,
    ]


ONLY_FIRST = {
    "ja": "2024 2025 2026 12月 1月 5,000 20,000 1億 JR西日本 スマートEX会員 海外向け 中旬 バック",
    "en": "2024 2025 2026 December January 5,000 20,000 100,000,000 West Visitors mid- Year-end",
}
ONLY_OTHER = {
    "ja": [
        "春の6,600万ポイントキャンペーン",
        "2027年3月2日（火）10時30分～2027年4月8日（木）18時",
        "2027年3月20日（土）～2027年3月31日（水）",
        "期間中総額7,700円以上",
        "還元上限は33,000ポイント",
        "総額は6,600万ポイント",
        "2027年5月下旬",
        "2028年6月15日（木）",
        "一部でもJR九州区間を含む",
        "EXサービス：登録が必要な方 プラスEX会員",
        "EXサービス：手続きが不要な方 ビュー・エクスプレス特約の会員",
        "EXサービス：対象外の方 J-WESTカード（エクスプレス）会員",
    ],
    "en": [
        "Spring Campaign",
        "Tuesday, March 2, 2027 at 10:30 to Thursday, April 8, 2027 at 18:00",
        "Saturday, March 20, 2027 to Wednesday, March 31, 2027",
        "for 7,700 yen or more",
        "up to 33,000 points",
        "A total of 66,000,000 points",
        "late May 2027",
        "Thursday, June 15, 2028",
        "includes JR Kyushu lines",
        "EX Service: registration needed Plus EX members",
        "EX Service: nothing to do View Card Express members",
        "EX Service: not eligible J-WEST Card (Express) members",
    ],
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", STATES)
def test_every_fact_comes_from_the_terms(
    publish: Publish, state: ShownState, language: str
) -> None:
    first = page_in(language, state, publish()).text
    other = page_in(language, state, publish("spring", **OTHER_TERMS)).text
    assert [words for words in ONLY_FIRST[language].split() if words in other] == []
    assert [words for words in ONLY_OTHER[language] if words in first] == []
    assert [words for words in ONLY_OTHER[language] if words not in other] == []


def test_days_are_marked_up_for_machines(publish: Publish) -> None:
    marked = page_in("ja", ShownState.OPEN, publish()).values("datetime")
    assert set(marked) == {
        "2024-12-10T12:00:00+09:00",
        "2025-01-14T00:00:00+09:00",
        "2024-12-26",
        "2025-01-06",
        "2025-02-15",
        "2026-03-31",
        "2027-03-31",
    }


def test_page_shows_when_it_becomes_public_if_entries_open_later(publish: Publish) -> None:
    terms = publish("spring", **OTHER_TERMS)
    sentence = "エントリーページは3月1日（月）9時頃に公開予定です。"
    before, after = (
        page_in("ja", ShownState.BEFORE, terms, now=terms.public_at + shift).text
        for shift in (timedelta(seconds=-1), timedelta())
    )
    assert sentence in before
    assert sentence not in after


def test_daruma_gets_his_second_eye_with_the_result(publish: Publish) -> None:
    terms = publish()
    pupils = {
        state: page_in("ja", state, terms).values("class").count("pupil") for state in ShownState
    }
    assert list(pupils.values()) == [1, 1, 1, 1, 2, 2]


def test_an_empty_list_is_left_out(publish: Publish) -> None:
    terms = publish(kinds_excluded=[], kinds_registered=[], kinds_free=[])
    text = page_in("ja", ShownState.OPEN, terms).text
    assert "「e5489」をご利用の方" in text
    assert "EXサービス：" not in text
