"""Every rule of the terms with a value on each side of its edge."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bookings.enumerations import MemberKind
from tests.factories.campaign import (
    FIRST_TERMS,
    JAPAN,
)

SECOND, MICROSECOND = timedelta(seconds=1), timedelta(microseconds=1)


OPENS, CLOSES = FIRST_TERMS["opens_at"], FIRST_TERMS["closes_at"]


EXACT = 2**53 - 1


KINDS = sorted(MemberKind.values)


def japan(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=JAPAN)  # type: ignore[misc,arg-type] # parts of an instant


def case(name: str, broken: dict[str, Any], kept: dict[str, Any], words: str = "") -> Any:
    return pytest.param(name, broken, kept, id=f"{name} {words}".strip())


RULES = [
    case("terms_names_not_empty", {"name_ja": ""}, {"name_ja": "年"}, "Japanese"),
    case("terms_names_not_empty", {"name_en": ""}, {"name_en": "N"}, "English"),
    case("terms_names_not_empty", {"operator": ""}, {"operator": "J"}, "operator"),
    case("terms_operator_is_ascii", {"operator": "JR\x1fW"}, {"operator": "J R"}, "below"),
    case("terms_operator_is_ascii", {"operator": "JR\x7f"}, {"operator": "~"}, "above"),
    case("terms_operator_is_ascii", {"operator": "JR西日本"}, {"operator": "JR West"}, "JR"),
    case(
        "terms_dates_from_2000_to_2099",
        {"expires_on": date(2100, 1, 1)},
        {"expires_on": date(2099, 12, 31)},
        "expiry",
    ),
    case(
        "terms_dates_from_2000_to_2099",
        {"public_at": japan(1999, 12, 31, 23, 59, 59)},
        {"public_at": japan(2000, 1, 1)},
        "page",
    ),
    case(
        "terms_dates_from_2000_to_2099",
        {"travel_first": date(1999, 12, 31)},
        {"travel_first": date(2000, 1, 1)},
        "travel",
    ),
    case("terms_public_before_entry", {"public_at": OPENS + SECOND}, {"public_at": OPENS}),
    case(
        "terms_entry_opens_before_closing",
        {"closes_at": OPENS},
        {"closes_at": OPENS + SECOND},
    ),
    case(
        "terms_travel_dates_in_order",
        {"travel_first": date(2025, 1, 7)},
        {"travel_first": date(2025, 1, 6)},
    ),
    case("terms_credit_after_entry", {"credit_at": CLOSES - SECOND}, {"credit_at": CLOSES}),
    case(
        "terms_credit_after_travel",
        {"travel_last": date(2025, 2, 15)},
        {"travel_last": date(2025, 2, 14)},
    ),
    case(
        "terms_credit_after_travel",
        {"travel_last": date(2025, 2, 14), "credit_at": japan(2025, 2, 14, 23, 59, 59)},
        {"travel_last": date(2025, 2, 14), "credit_at": japan(2025, 2, 15)},
        "by Japan's midnight",
    ),
    case(
        "terms_expiry_after_credit",
        {"expires_on": date(2025, 2, 15)},
        {"expires_on": date(2025, 2, 16)},
    ),
    case(
        "terms_expiry_after_credit",
        {"expires_on": date(2025, 2, 15), "credit_at": japan(2025, 2, 15)},
        {"expires_on": date(2025, 2, 15), "credit_at": japan(2025, 2, 14, 23, 59, 59)},
        "by Japan's midnight",
    ),
    *(
        case(
            "terms_instants_whole_seconds",
            {field: FIRST_TERMS[field] + fraction},
            {field: FIRST_TERMS[field]},
            field,
        )
        for field, fraction in (
            ("public_at", -MICROSECOND),
            ("opens_at", MICROSECOND),
            ("closes_at", MICROSECOND),
            ("credit_at", MICROSECOND),
        )
    ),
    *(
        case(name, {field: value}, {field: neighbour}, f"at {neighbour}")
        for name, field in (
            ("terms_minimum_in_range", "minimum_total_yen"),
            ("terms_cap_in_range", "reward_cap_points"),
            ("terms_budget_in_range", "budget_points"),
            ("terms_sales_in_range", "expected_sales_yen"),
        )
        for value, neighbour in ((0, 1), (EXACT + 1, EXACT))
    ),
    case("terms_policy_known", {"policy": "other"}, {"policy": "partial"}),
    case("terms_policy_known", {"policy": ""}, {"policy": "stop"}, "stop"),
    case("terms_time_zone_is_japan", {"time_zone": "Japan"}, {"time_zone": "Asia/Tokyo"}),
    case(
        "terms_kinds_known",
        {"kinds_excluded": [], "kinds_registered": [], "kinds_free": ["nobody"]},
        {"kinds_excluded": [], "kinds_registered": [], "kinds_free": KINDS},
    ),
    *(
        case(
            "terms_kinds_on_one_list",
            {one: KINDS[:2], other: KINDS[1:3], third: []},
            {one: KINDS[:2], other: KINDS[2:3], third: KINDS[3:]},
            f"{one}, {other}",
        )
        for one, other, third in (
            ("kinds_excluded", "kinds_registered", "kinds_free"),
            ("kinds_excluded", "kinds_free", "kinds_registered"),
            ("kinds_registered", "kinds_free", "kinds_excluded"),
        )
    ),
    *(
        case(
            "terms_kinds_sorted_once",
            {"kinds_excluded": [], "kinds_registered": [], "kinds_free": [], field: broken},
            {"kinds_excluded": [], "kinds_registered": [], "kinds_free": [], field: KINDS[:2]},
            f"{field} {words}",
        )
        for field in ("kinds_excluded", "kinds_registered", "kinds_free")
        for broken, words in (([KINDS[1], KINDS[0]], "unsorted"), ([KINDS[0]] * 2, "twice"))
    ),
]
