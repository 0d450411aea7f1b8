"""What the campaigns that ship make of bookings on the real network, and of totals."""

from typing import Any

import pytest

from bookings.journeys import Network
from bookings.models import Booking, ExRegistration
from bookings.network import sort_sections
from bookings.network_files import read_network
from campaign import rewards
from campaign.models import Terms
from campaign.rules import rules_of
from campaign.terms import load_campaign
from campaign.termsfile import read_campaign_file
from config.env import ROOT
from tests.bookings.network_table import FOLDER
from tests.campaign.explained import explain_all
from tests.campaign.oracle import Oracle
from tests.database import as_owner
from tests.factories.bookings import BookingFactory, RegistrationFactory
from tests.factories.campaign import AT

pytestmark = pytest.mark.django_db
WINTER, JUNE, SHARE = "winter-2025-26", "june-2025", "share-2021"
MONTHLY, NEXT_MONTH = "monthly-2025-12", "monthly-2026-01"
DAYS = {
    WINTER: ("2025-12-25", "2025-12-26", "2026-01-04", "2026-01-05"),
    JUNE: ("2025-06-15", "2025-06-16", "2025-07-15", "2025-07-16"),
    MONTHLY: ("2025-11-30", "2025-12-01", "2025-12-31", "2026-01-01"),
    NEXT_MONTH: ("2025-12-31", "2026-01-01", "2026-01-31", "2026-02-01"),
    SHARE: ("2021-09-30", "2021-10-01", "2021-11-30", "2021-12-01"),
    "012025121203": ("2024-12-25", "2024-12-26", "2025-01-06", "2025-01-07"),
}
NETWORK = Network(read_network(FOLDER))
EX = {"ex": True, "ex_member_no": "X1"}


def shipped(code: str) -> Terms:
    """Load a campaign that ships; return its terms."""
    file = read_campaign_file((ROOT / f"campaign/data/{code}.json").read_bytes())
    load_campaign(file, at=AT)
    return Terms.objects.get(campaign__code=code)


def judge(code: str, journey: str, **values: Any) -> list[str]:
    """Return the reasons of a booking of a journey on the first travel day of a campaign."""
    terms = shipped(code)
    kind = values.pop("kind", "j_west_card_express")
    registration = RegistrationFactory.create(ex_member_no="X1", member_kind=kind)
    operators, sections = sort_sections(NETWORK, journey)
    booking = BookingFactory.create(
        **{"journey": journey, "operators": operators, "sections": sections}
        | {"travel_date": DAYS[code][1]}
        | values
    )
    ((key, reasons),) = explain_all(terms).items()
    booking.refresh_from_db()
    oracle = Oracle(terms, {"X1": registration})
    assert (key, reasons) == (booking.pk, oracle.reasons(booking))
    return reasons


@pytest.mark.parametrize("code", DAYS)
def test_both_ends_of_the_travel_period_are_in_it(code: str) -> None:
    terms = shipped(code)
    RegistrationFactory.create(ex_member_no="X1")
    operators, sections = sort_sections(NETWORK, "のぞみ:新大阪>新神戸")
    ridden = {"operators": operators, "sections": sections}
    made = [BookingFactory.create(**EX, **ridden, travel_date=day).pk for day in DAYS[code]]

    reasons = explain_all(terms)
    outside = ["outside_travel_period"]
    assert [reasons[key] for key in made] == [outside, [], [], outside]


EX_JOURNEYS = [
    pytest.param("のぞみ:新大阪>新神戸", [], id="the first section beyond Shin-Osaka"),
    pytest.param("のぞみ:東京>新神戸", [], id="from Tokyo, partly on it"),
    pytest.param("東海道・山陽・九州新幹線:小倉>博多", [], id="the last section before Hakata"),
    pytest.param("山陽新幹線:岡山>広島", [], id="under the line's own name"),
    pytest.param("のぞみ:東京>新大阪", ["outside_section"], id="up to Shin-Osaka"),
    pytest.param("さくら:博多>鹿児島中央", ["outside_section"], id="beyond Hakata"),
    pytest.param("さくら:小倉>鹿児島中央", [], id="through Hakata"),
]


@pytest.mark.parametrize("code", [WINTER, JUNE])
@pytest.mark.parametrize(("journey", "reasons"), EX_JOURNEYS)
def test_the_sanyo_shinkansen_is_from_shin_osaka_to_hakata(
    code: str, journey: str, reasons: list[str]
) -> None:
    assert judge(code, journey, **EX) == reasons


@pytest.mark.parametrize(
    ("journey", "reasons"),
    [
        pytest.param("つるぎ:敦賀>金沢", [], id="from Tsuruga"),
        pytest.param("かがやき:東京>富山", [], id="from Tokyo, partly on it"),
        pytest.param("はくたか:糸魚川>上越妙高", [], id="the last section before Joetsu-Myoko"),
        pytest.param("はくたか:上越妙高>長野", ["outside_section"], id="beyond Joetsu-Myoko"),
        pytest.param("サンダーバード:大阪>敦賀", ["outside_section"], id="the old line"),
        pytest.param("のぞみ:新大阪>広島", [], id="the Sanyo Shinkansen too"),
    ],
)
def test_e5489_of_june_has_the_hokuriku_shinkansen_as_well(
    journey: str, reasons: list[str]
) -> None:
    assert judge(JUNE, journey) == reasons


def test_winter_is_for_the_ex_service_alone() -> None:
    assert judge(WINTER, "のぞみ:新大阪>広島") == ["service_not_included"]


def test_winter_asks_for_no_way_to_pay_and_no_change_by_telephone() -> None:
    allowed = {"payment_method": "convenience_store", "changed_by_phone": True}

    assert judge(WINTER, "のぞみ:新大阪>広島", **EX, **allowed) == []


@pytest.mark.parametrize("code", [MONTHLY, NEXT_MONTH, SHARE, "012025121203"])
@pytest.mark.parametrize(
    ("journey", "reasons"),
    [
        pytest.param("サンダーバード:大阪>敦賀", [], id="any line of JR West"),
        pytest.param("のぞみ:東京>新大阪", ["outside_section"], id="none of it"),
    ],
)
def test_any_section_of_the_operator_will_do(code: str, journey: str, reasons: list[str]) -> None:
    assert judge(code, journey) == reasons


# What each rule is for, as a change of a booking that counts; of an EX booking where it needs one.
BREAKS: dict[str, dict[str, Any]] = {
    "no_wester_login": {"wester_id": None},
    "unlinked_ex_member": {**EX, "ex_member_no": "X2"},
    "excluded_member_kind": {**EX, "kind": "corporate"},
    "member_kind_unclear": {**EX, "kind": "view_express_card"},
    "service_not_included": {"booking_service": "e5489"},
    "points_registration_missing": {**EX, "kind": "smart_ex"},
    "counter_or_agency": {"sales_channel": "counter"},
    "payment_method": {"payment_method": "convenience_store"},
    "fare_only": {"product_kind": "fare_only"},
    "rail_points_product": {"product_kind": "rail_points"},
    "outside_section": {"journey": "ソニック:小倉>博多"},
    "outside_travel_period": {"travel_date": "2020-01-01"},
    "cancelled": {"cancelled": True},
    "refunded": {"refunded": True},
    "stopover": {"stopover": True},
    "changed_by_phone": {"changed_by_phone": True},
    "not_used": {"used": False},
}


@pytest.mark.parametrize("code", DAYS)
def test_every_rule_of_a_campaign_rejects_what_it_is_for(code: str) -> None:
    existing = [rule.code for rule in rules_of(shipped(code))]
    rejected = {}
    for rule in existing:
        is_of_e5489 = rule in ("no_wester_login", "service_not_included")
        service: dict[str, Any] = EX if code == WINTER and not is_of_e5489 else {}
        values = {"journey": "のぞみ:新大阪>広島", **service, **BREAKS[rule]}
        with as_owner():
            ExRegistration.objects.all().delete()
            Booking.objects.all().delete()
        rejected[rule] = judge(code, values.pop("journey"), **values)

    assert [rule for rule in existing if rule not in rejected[rule]] == []


TOTALS = [
    pytest.param(WINTER, 4_999, [], 0, [0], id="winter, below the minimum"),
    pytest.param(WINTER, 5_000, [], 1, [5_000], id="winter, the minimum"),
    pytest.param(WINTER, 10_001, ["smart_ex"], 1, [10_000], id="winter, paper tickets alone"),
    pytest.param(WINTER, 10_001, ["smart_ex", "ticketless"], 1, [10_001], id="a ticketless ride"),
    pytest.param(WINTER, 30_001, ["ticketless"], 1, [30_000], id="its cap"),
    pytest.param(JUNE, 499, [], 0, [0], id="June, below the minimum"),
    pytest.param(JUNE, 500, [], 1, [500], id="June, the minimum"),
    pytest.param(JUNE, 10_001, ["ticketless"], 1, [10_000], id="June, above the cap"),
    pytest.param(MONTHLY, 4_999, [], 0, [0, 0, 0, 0, 0], id="a month, below the minimum"),
    pytest.param(MONTHLY, 9_999, [], 1, [9_999, 10_000, 1_000, 500, 300], id="a month, one lot"),
    pytest.param(MONTHLY, 10_000, [], 2, [10_000, 10_000, 1_000, 500, 300], id="two lots"),
    pytest.param(MONTHLY, 99_999, [], 19, [99_999, 10_000, 1_000, 500, 300], id="19 lots"),
    pytest.param(MONTHLY, 100_000, [], 20, [100_000, 10_000, 1_000, 500, 300], id="20 lots"),
    pytest.param(MONTHLY, 105_000, [], 20, [100_000, 10_000, 1_000, 500, 300], id="no 21st lot"),
    pytest.param(SHARE, 4_999, [], 0, [0], id="the pool, below the minimum"),
    pytest.param(SHARE, 500_000, [], 1, [333_333], id="the pool, one of three whatever they spent"),
]


@pytest.mark.parametrize(("code", "total_yen", "facts", "lots", "points"), TOTALS)
def test_a_total_earns_lots_and_rewards(
    code: str, total_yen: int, facts: list[str], lots: int, points: list[int]
) -> None:
    plan = shipped(code).plan
    shares = rewards.shares_of(plan, lots_total=3)

    assert rewards.lots_of(plan, total_yen, facts) == lots
    assert rewards.rewards_of(plan, total_yen, facts, shares=shares) == points
