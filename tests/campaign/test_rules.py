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
from tests.factories.bookings import BOOKED_AT, BookingFactory, RegistrationFactory
from tests.factories.campaign import TermsFactory

pytestmark = pytest.mark.django_db
SECOND, MOMENT = timedelta(seconds=1), timedelta(microseconds=1)
CODES = (
    "no_wester_login",
    "unlinked_ex_member",
    "excluded_member_kind",
    "member_kind_unclear",
    "points_registration_missing",
    "counter_or_agency",
    "payment_method",
    "fare_only",
    "rail_points_product",
    "outside_jr_west",
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
    pytest.param({"operators": ["JR Kyushu"]}, ["outside_jr_west"], id="the same by Sonic"),
    pytest.param({"operators": ["JR Central", "JR West"]}, [], id="one section of several"),
    pytest.param({"operators": []}, ["outside_jr_west"], id="no section known"),
    pytest.param({"operators": ["JR West2", "jr west"]}, ["outside_jr_west"], id="names alike"),
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
            "outside_jr_west",
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


def test_another_campaign_requires_another_operator_and_other_days() -> None:
    first = TermsFactory.create()
    other = TermsFactory.create(
        operator="JR Kyushu", travel_first=date(2025, 1, 7), travel_last=date(2025, 1, 7)
    )
    west = BookingFactory.create(operators=["JR West"])
    both = BookingFactory.create(operators=["JR Kyushu", "JR West"], travel_date=date(2025, 1, 7))

    assert explain_all(first) == {west.pk: [], both.pk: ["outside_travel_period"]}
    assert explain_all(other) == {
        west.pk: ["outside_jr_west", "outside_travel_period"],
        both.pk: [],
    }


def test_the_rules_are_in_the_order_of_the_terms() -> None:
    assert rules.RULE_CODES == CODES
    assert all(rule.clause and str(rule.sentence) for rule in rules.RULES)
    assert {rule.code for rule in rules.waiting_rules()} == {"not_used", "member_kind_unclear"}
    assert [*rules.final_rules(), *rules.waiting_rules()] == sorted(
        rules.RULES, key=lambda rule: (rule.code in rules.PENDING, CODES.index(rule.code))
    )


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
        "スマートEX海外向けサービスや一部の法人会員などのご予約のため、対象外です。"
    ),
    "member_kind_unclear": "会員種別を確認中です。",
    "points_registration_missing": (
        "ご予約前の「EXサービスポイント付与登録」が確認できないため、対象外です。"
    ),
    "counter_or_agency": "みどりの窓口や旅行会社等でのご予約・ご購入のため、対象外です。",
    "payment_method": (
        "ご予約操作時に登録されたクレジットカード以外でのお支払いのため、対象外です。"
    ),
    "fare_only": "特急券・新幹線を含まないご予約のため、対象外です。",
    "rail_points_product": "「鉄道ポイント利用商品」のため、対象外です。",
    "outside_jr_west": "JR西日本の区間を含まない行程のため、対象外です。",
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
        "operator": "JR西日本",
        "travel_first": "2024年12月26日",
        "travel_last": "2025年1月6日",
    }

    with translation.override("ja"):
        assert str(rule.sentence) % filled == SENTENCES[rule.code]
