"""Every rule on both sides of its edges, and any bookings against the written rules."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import translation

from bookings.enumerations import MemberKind
from bookings.models import ExRegistration
from campaign import rules
from tests.campaign.explained import explain_all
from tests.campaign.oracle import Oracle
from tests.campaign.touches import sections, touch
from tests.factories.bookings import BOOKED_AT, BookingFactory, RegistrationFactory
from tests.factories.campaign import TermsFactory

pytestmark = pytest.mark.django_db
SECOND, MOMENT = timedelta(seconds=1), timedelta(microseconds=1)
CODES = (
    "no_wester_login",
    "unlinked_ex_member",
    "excluded_member_kind",
    "member_kind_unclear",
    "service_not_included",
    "points_registration_missing",
    "counter_or_agency",
    "payment_method",
    "fare_only",
    "rail_points_product",
    "product_excluded",
    "outside_section",
    "outside_booking_period",
    "outside_travel_period",
    "cancelled",
    "refunded",
    "stopover",
    "changed_by_phone",
    "not_used",
)
SMART = {"member_kind": "smart_ex"}
E5489_CASES = [
    pytest.param({}, [], id="an ordinary booking"),
    pytest.param({"wester_id": None}, ["no_wester_login"], id="nobody was logged in"),
    pytest.param({"sales_channel": "web"}, [], id="sold on the web"),
    pytest.param({"sales_channel": "app"}, [], id="sold in the app"),
    pytest.param({"sales_channel": "counter"}, ["counter_or_agency"], id="sold at a counter"),
    pytest.param({"sales_channel": "agency"}, ["counter_or_agency"], id="sold by an agency"),
    pytest.param({"payment_method": "other_card"}, ["payment_method"], id="another card"),
    pytest.param({"payment_method": "convenience_store"}, ["payment_method"], id="at a shop"),
    pytest.param({"payment_method": "bank"}, ["payment_method"], id="at a bank"),
    pytest.param({"payment_method": "station"}, ["payment_method"], id="at a station"),
    pytest.param({"payment_method": "points"}, ["payment_method"], id="paid with points"),
    pytest.param({"product_kind": "discount"}, [], id="a discount"),
    pytest.param({"product_kind": "fare_only"}, ["fare_only"], id="fare alone"),
    pytest.param({"product_kind": "rail_points"}, ["rail_points_product"], id="for rail points"),
    pytest.param({"operators": ["JR West"]}, [], id="Kokura to Hakata by Shinkansen"),
    pytest.param({"operators": ["JR Kyushu"]}, ["outside_section"], id="the same by Sonic"),
    pytest.param({"operators": ["JR Central", "JR West"]}, [], id="one section of several"),
    pytest.param({"operators": []}, ["outside_section"], id="no section known"),
    pytest.param({"operators": ["JR West2", "jr west"]}, ["outside_section"], id="names alike"),
    pytest.param(
        {"travel_date": date(2024, 12, 25)}, ["outside_travel_period"], id="a day too early"
    ),
    pytest.param({"travel_date": date(2024, 12, 26)}, [], id="the first day"),
    pytest.param({"travel_date": date(2025, 1, 6)}, [], id="the last day"),
    pytest.param({"travel_date": date(2025, 1, 7)}, ["outside_travel_period"], id="a day too late"),
    pytest.param({"cancelled": True}, ["cancelled"], id="cancelled, after the ride too"),
    pytest.param({"cancelled": True, "used": False}, ["cancelled", "not_used"], id="cancelled"),
    pytest.param({"refunded": True}, ["refunded"], id="refunded"),
    pytest.param({"stopover": True}, ["stopover"], id="a stopover"),
    pytest.param({"changed_by_phone": True}, ["changed_by_phone"], id="changed by telephone"),
    pytest.param({"used": False}, ["not_used"], id="not ridden"),
    pytest.param({"amount_yen": 0}, [], id="free of charge"),
    pytest.param(
        {
            "wester_id": None,
            "sales_channel": "agency",
            "payment_method": "bank",
            "product_kind": "fare_only",
            "operators": ["JR East"],
            "travel_date": date(2025, 2, 1),
            "cancelled": True,
            "refunded": True,
            "stopover": True,
            "changed_by_phone": True,
            "used": False,
        },
        [
            "no_wester_login",
            "counter_or_agency",
            "payment_method",
            "fare_only",
            "outside_section",
            "outside_travel_period",
            "cancelled",
            "refunded",
            "stopover",
            "changed_by_phone",
            "not_used",
        ],
        id="everything at once, in the order of the table",
    ),
]
EX_CASES = [
    pytest.param({}, {}, [], id="a kind that needs no registration"),
    pytest.param(None, {}, ["unlinked_ex_member"], id="in no registration"),
    pytest.param(
        None, {"used": False}, ["unlinked_ex_member", "not_used"], id="in none, not ridden"
    ),
    pytest.param({"member_kind": "corporate"}, {}, ["excluded_member_kind"], id="corporate"),
    pytest.param({"member_kind": "smart_ex_overseas"}, {}, ["excluded_member_kind"], id="overseas"),
    pytest.param({"member_kind": "plus_ex"}, {}, ["member_kind_unclear"], id="on no list"),
    pytest.param(
        {"member_kind": "view_express_card", "points_registered_at": BOOKED_AT - SECOND},
        {"used": False},
        ["member_kind_unclear", "not_used"],
        id="on no list, registered, not ridden",
    ),
    pytest.param(SMART, {}, ["points_registration_missing"], id="never registered"),
    pytest.param(
        {**SMART, "points_registered_at": BOOKED_AT - SECOND}, {}, [], id="a second before"
    ),
    pytest.param({**SMART, "points_registered_at": BOOKED_AT - MOMENT}, {}, [], id="just before"),
    pytest.param(
        {**SMART, "points_registered_at": BOOKED_AT},
        {},
        ["points_registration_missing"],
        id="at the booking itself",
    ),
    pytest.param(
        {**SMART, "points_registered_at": BOOKED_AT + SECOND},
        {},
        ["points_registration_missing"],
        id="a second after",
    ),
    pytest.param(
        {"member_kind": "jr_central_express_card"},
        {},
        ["points_registration_missing"],
        id="a card that needs it as well",
    ),
    pytest.param(
        {"member_kind": "jq_card_express", "points_registered_at": BOOKED_AT - SECOND},
        {"booking_service": "ex_yoyaku"},
        [],
        id="the other card, the other service",
    ),
    pytest.param({}, {"payment_method": "bank"}, [], id="payment is asked of e5489 alone"),
    pytest.param({}, {"sales_channel": "counter"}, ["counter_or_agency"], id="at a counter"),
]


@pytest.mark.parametrize(("values", "codes"), E5489_CASES)
def test_rules_judge_an_e5489_booking(values: dict[str, Any], codes: list[str]) -> None:
    terms = TermsFactory.create()
    booking = BookingFactory.create(**values)

    assert explain_all(terms) == {booking.pk: codes}
    assert Oracle(terms).reasons(booking) == codes


@pytest.mark.parametrize(("registration", "values", "codes"), EX_CASES)
def test_rules_judge_an_ex_booking(
    registration: dict[str, Any] | None, values: dict[str, Any], codes: list[str]
) -> None:
    terms = TermsFactory.create()
    booking = BookingFactory.create(**{"ex": True, "ex_member_no": "X1", **values})
    if registration is not None:
        RegistrationFactory.create(ex_member_no="X1", **registration)
    RegistrationFactory.create(ex_member_no="X2", member_kind="corporate")

    assert explain_all(terms) == {booking.pk: codes}
    assert Oracle(terms, ExRegistration.objects.in_bulk()).reasons(booking) == codes


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        pytest.param("excluded", ["excluded_member_kind"], id="left out"),
        pytest.param("registered", ["points_registration_missing"], id="must register"),
        pytest.param("free", [], id="needs nothing"),
        pytest.param(None, ["member_kind_unclear"], id="on no list"),
    ],
)
@pytest.mark.parametrize("member_kind", MemberKind.values)
def test_a_kind_is_judged_by_the_list_it_is_on(
    member_kind: str, kind: str | None, codes: list[str]
) -> None:
    lists: dict[str, list[str]] = {"excluded": [], "registered": [], "free": []}
    if kind:
        lists[kind] = [member_kind]
    terms = TermsFactory.create(**{f"kinds_{name}": kinds for name, kinds in lists.items()})
    RegistrationFactory.create(ex_member_no="X1", member_kind=member_kind)
    booking = BookingFactory.create(ex=True, ex_member_no="X1")

    assert explain_all(terms) == {booking.pk: codes}


EX_ALONE = {"touches": [touch(services="ex_yoyaku smart_ex")]}
SANYO = {"touches": [touch("JR West", "山陽新幹線", "のぞみ")]}
JUNE = {
    "touches": [
        touch("JR West", "山陽新幹線", "のぞみ"),
        touch("JR West", "北陸新幹線", services="e5489"),
    ]
}
TWICE = {
    "travel": [
        {"first": "2024-12-26", "last": "2024-12-28"},
        {"first": "2025-01-04", "last": "2025-01-04"},
    ]
}
BOOKED = {"booked_from": BOOKED_AT, "booked_until": BOOKED_AT + SECOND}
SHOP = {"payment_methods": {"smart_ex": ["convenience_store", "points"]}}


TERMS_CASES = [
    pytest.param(EX_ALONE, {}, ["service_not_included"], id="e5489 where EX alone is included"),
    pytest.param(EX_ALONE, {"linked": True}, [], id="EX where EX alone is included"),
    pytest.param(
        {"touches": [touch(services="ex_yoyaku")]},
        {"linked": True},
        ["service_not_included"],
        id="the other service of EX",
    ),
    pytest.param(
        {"touches": [touch(services="e5489 ex_yoyaku not_known")]},
        {"linked": True},
        ["service_not_included"],
        id="beside a service that nobody knows",
    ),
    pytest.param(
        EX_ALONE,
        {"operators": [], "sections": [], "payment_method": "bank", "wester_id": None},
        ["no_wester_login", "service_not_included", "payment_method"],
        id="no rule of sections for a service that is not included, but others",
    ),
    pytest.param(
        {"touches": [touch(services="e5489")]},
        {"ex": True, "ex_member_no": "CORPORATE"},
        ["service_not_included"],
        id="no rule of kinds for a service that is not included",
    ),
    pytest.param(
        {"touches": [touch(services="e5489")]},
        {"ex": True, "ex_member_no": "UNKNOWN"},
        ["service_not_included"],
        id="no kind to wait for on a service that is not included",
    ),
    pytest.param(
        {"touches": [touch(services="e5489")]},
        {"ex": True, "ex_member_no": "SMART"},
        ["service_not_included"],
        id="no registration asked on a service that is not included",
    ),
    pytest.param(
        {"touches": [touch(services="e5489")]},
        {"ex": True, "ex_member_no": "NOBODY"},
        ["unlinked_ex_member", "service_not_included"],
        id="no member on a service that is not included",
    ),
    pytest.param(SANYO, sections("JR West:のぞみ"), [], id="a train of the line"),
    pytest.param(SANYO, sections("JR West:山陽新幹線"), [], id="the line"),
    pytest.param(
        SANYO,
        sections("JR West:北陸新幹線"),
        ["outside_section"],
        id="another of its lines",
    ),
    pytest.param(
        SANYO, sections("JR Central:のぞみ"), ["outside_section"], id="another operator on the line"
    ),
    pytest.param(
        SANYO,
        sections("JR Central:のぞみ", "JR West:北陸新幹線"),
        ["outside_section"],
        id="the line of one operator, the operator on another line",
    ),
    pytest.param(
        SANYO, sections("JR Central:のぞみ", "JR West:のぞみ"), [], id="a part of the ride on it"
    ),
    pytest.param(JUNE, sections("JR West:北陸新幹線"), [], id="the second item"),
    pytest.param(
        JUNE,
        {"linked": True, **sections("JR West:北陸新幹線")},
        ["outside_section"],
        id="the second item is not for this service",
    ),
    pytest.param(JUNE, {"linked": True, **sections("JR West:のぞみ")}, [], id="the first item is"),
    pytest.param(TWICE, {"travel_date": date(2024, 12, 26)}, [], id="first day of the first"),
    pytest.param(TWICE, {"travel_date": date(2024, 12, 28)}, [], id="last day of the first period"),
    pytest.param(
        TWICE, {"travel_date": date(2024, 12, 29)}, ["outside_travel_period"], id="after the first"
    ),
    pytest.param(
        TWICE, {"travel_date": date(2025, 1, 3)}, ["outside_travel_period"], id="before the second"
    ),
    pytest.param(TWICE, {"travel_date": date(2025, 1, 4)}, [], id="the one day of the second"),
    pytest.param(
        TWICE, {"travel_date": date(2025, 1, 5)}, ["outside_travel_period"], id="after the second"
    ),
    pytest.param(BOOKED, {}, [], id="booked at the first instant"),
    pytest.param(
        BOOKED,
        {"booked_at": BOOKED_AT - MOMENT},
        ["outside_booking_period"],
        id="booked just before",
    ),
    pytest.param(BOOKED, {"booked_at": BOOKED_AT + SECOND - MOMENT}, [], id="booked just in time"),
    pytest.param(
        BOOKED,
        {"booked_at": BOOKED_AT + SECOND},
        ["outside_booking_period"],
        id="booked at the end, which is exclusive",
    ),
    pytest.param({"products_excluded": []}, {"product_kind": "fare_only"}, [], id="fares count"),
    pytest.param(
        {"products_excluded": ["fare_only"]}, {"product_kind": "rail_points"}, [], id="points count"
    ),
    pytest.param(
        {"products_excluded": ["discount"]},
        {"product_kind": "discount"},
        ["product_excluded"],
        id="discounts do not",
    ),
    pytest.param({"products_excluded": ["discount"]}, {}, [], id="a standard ticket does"),
    pytest.param(
        {"products_excluded": ["standard"]}, {}, ["product_excluded"], id="standard tickets do not"
    ),
    pytest.param(
        {"channels_excluded": ["app"]},
        {"sales_channel": "app"},
        ["counter_or_agency"],
        id="not from the app",
    ),
    pytest.param(
        {"channels_excluded": ["app"]}, {"sales_channel": "agency"}, [], id="agencies count"
    ),
    pytest.param({"channels_excluded": []}, {"sales_channel": "counter"}, [], id="all channels"),
    pytest.param({"payment_methods": {}}, {"payment_method": "bank"}, [], id="paid any way"),
    pytest.param(SHOP, {"payment_method": "bank"}, [], id="any way on another service"),
    pytest.param(SHOP, {"linked": True, "payment_method": "points"}, [], id="one of the ways"),
    pytest.param(SHOP, {"linked": True}, ["payment_method"], id="none of the ways"),
    pytest.param(
        {"phone_changes_excluded": False}, {"changed_by_phone": True}, [], id="phone allowed"
    ),
    pytest.param({"stopovers_excluded": False}, {"stopover": True}, [], id="stopovers allowed"),
]


@pytest.mark.parametrize(("terms_values", "values", "codes"), TERMS_CASES)
def test_the_terms_decide_what_a_rule_asks(
    terms_values: dict[str, Any], values: dict[str, Any], codes: list[str]
) -> None:
    terms = TermsFactory.create(**terms_values)
    for number, kind in (("CORPORATE", "corporate"), ("UNKNOWN", "plus_ex"), ("SMART", "smart_ex")):
        RegistrationFactory.create(ex_member_no=number, member_kind=kind)
    booking = BookingFactory.create(**values)

    assert explain_all(terms) == {booking.pk: codes}
    assert Oracle(terms, ExRegistration.objects.in_bulk()).reasons(booking) == codes
    assert set(codes) <= {rule.code for rule in rules.rules_of(terms)}


def test_another_campaign_requires_another_operator_and_other_days() -> None:
    first = TermsFactory.create()
    other = TermsFactory.create(
        touches=[touch("JR Kyushu")],
        travel=[{"first": "2025-01-07", "last": "2025-01-07"}],
    )
    west = BookingFactory.create(operators=["JR West"])
    both = BookingFactory.create(operators=["JR Kyushu", "JR West"], travel_date=date(2025, 1, 7))

    assert explain_all(first) == {west.pk: [], both.pk: ["outside_travel_period"]}
    assert explain_all(other) == {
        west.pk: ["outside_section", "outside_travel_period"],
        both.pk: [],
    }


def test_the_rules_are_in_the_order_of_the_terms() -> None:
    assert rules.RULE_CODES == CODES
    assert all(rule.clause and str(rule.sentence) for rule in rules.RULES)
    assert {"not_used", "member_kind_unclear"} == rules.PENDING


NOT_IN_THE_FIRST = {"service_not_included", "product_excluded", "outside_booking_period"}
# Which rules differ from the first campaign's, by what the terms say.
EXISTING = [
    pytest.param({}, set(), id="the first campaign"),
    pytest.param(EX_ALONE, {"service_not_included"}, id="not every service"),
    pytest.param(
        {"touches": [touch(services="e5489")]},
        {
            "service_not_included",
            "excluded_member_kind",
            "member_kind_unclear",
            "points_registration_missing",
        },
        id="no service of EX",
    ),
    pytest.param({"kinds_excluded": []}, {"excluded_member_kind"}, id="no kind left out"),
    pytest.param({"kinds_registered": []}, {"points_registration_missing"}, id="none registers"),
    pytest.param({"channels_excluded": []}, {"counter_or_agency"}, id="every channel"),
    pytest.param({"payment_methods": {}}, {"payment_method"}, id="every way to pay"),
    pytest.param(
        {"products_excluded": ["discount"]},
        {"fare_only", "rail_points_product", "product_excluded"},
        id="another product",
    ),
    pytest.param(BOOKED, {"outside_booking_period"}, id="a booking period"),
    pytest.param({"phone_changes_excluded": False}, {"changed_by_phone"}, id="phone allowed"),
    pytest.param({"stopovers_excluded": False}, {"stopover"}, id="stopovers allowed"),
]


@pytest.mark.parametrize(("values", "differing"), EXISTING)
def test_a_rule_that_asks_for_nothing_does_not_exist(
    values: dict[str, Any], differing: set[str]
) -> None:
    terms = TermsFactory.create(**values)

    existing = [rule.code for rule in rules.rules_of(terms)]
    expected = (set(CODES) - NOT_IN_THE_FIRST) ^ differing
    assert existing == [code for code in CODES if code in expected]
    assert sorted(rules.final_rules(terms) + rules.waiting_rules(terms), key=place) == (
        rules.rules_of(terms)
    )


def place(rule: rules.Rule) -> int:
    """Return a rule's place in their order."""
    return CODES.index(rule.code)


@pytest.mark.parametrize(
    ("reasons", "pending"),
    [
        pytest.param([], False, id="it counts"),
        pytest.param(["not_used"], True, id="for the ride"),
        pytest.param(["member_kind_unclear"], True, id="for its kind"),
        pytest.param(["member_kind_unclear", "not_used"], True, id="for both"),
        pytest.param(["cancelled", "not_used"], False, id="it will never come"),
    ],
)
def test_a_booking_is_pending_when_it_only_waits(reasons: list[str], pending: bool) -> None:
    assert rules.is_pending(reasons) is pending


SENTENCES = {
    "no_wester_login": "WESTER IDでログインせずにご予約されたため、対象外です。",
    "unlinked_ex_member": ("EXサービスの会員番号とWESTER IDの連携が確認できないため、対象外です。"),
    "excluded_member_kind": (
        "対象外の会員種別（スマートEX海外向けサービス会員）でのご予約のため、対象外です。"
    ),
    "member_kind_unclear": "会員種別を確認中です。",
    "service_not_included": "このキャンペーンの対象外の予約サービスのため、対象外です。",
    "points_registration_missing": (
        "ご予約前の「EXサービスポイント付与登録」が確認できないため、対象外です。"
    ),
    "counter_or_agency": "みどりの窓口や旅行会社等でのご予約・ご購入のため、対象外です。",
    "payment_method": (
        "ご予約操作時に登録されたクレジットカード以外でのお支払いのため、対象外です。"
    ),
    "fare_only": "特急券・新幹線を含まないご予約のため、対象外です。",
    "rail_points_product": "「鉄道ポイント利用商品」のため、対象外です。",
    "product_excluded": "このキャンペーンの対象外の商品のため、対象外です。",
    "outside_booking_period": (
        "ご予約の日時が対象期間（2024年12月1日 0:00～2024年12月31日 24:00）外のため、対象外です。"
    ),
    "outside_section": "JR西日本の区間を含まない行程のため、対象外です。",
    "outside_travel_period": (
        "乗車日が対象乗車期間（2024年12月26日～2025年1月6日）外のため、対象外です。"
    ),
    "cancelled": "取り消しのため、対象外です。",
    "refunded": "払いもどしのため、対象外です。",
    "stopover": "途中下車のため、対象外です。",
    "changed_by_phone": "お電話で変更されたため、対象外です。",
    "not_used": "ご利用（ご乗車）を確認中です。",
}


@pytest.mark.parametrize("rule", rules.RULES, ids=CODES)
def test_members_read_the_sentence_of_a_rule(rule: rules.Rule) -> None:
    filled = {
        "kinds": "スマートEX海外向けサービス会員",
        "registration": "EXサービスポイント付与登録",
        "places": "みどりの窓口や旅行会社等",
        "payment": "ご予約操作時に登録されたクレジットカード",
        "rail_points": "鉄道ポイント利用商品",
        "sections": "JR西日本の区間を",
        "booked": "2024年12月1日 0:00～2024年12月31日 24:00",
        "travel": "2024年12月26日～2025年1月6日",
    }

    with translation.override("ja"):
        assert str(rule.sentence) % filled == SENTENCES[rule.code]
