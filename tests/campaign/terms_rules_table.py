"""Every rule of the terms and of prizes with a value on each side of its edge.

What a rule of the meaning forbids is refused of published terms; a draft may hold it.
"""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bookings.enumerations import MemberKind, ProductKind, SalesChannel
from tests.factories.campaign import FIRST_TERMS, JAPAN

SECOND, MICROSECOND = timedelta(seconds=1), timedelta(microseconds=1)


OPENS, CLOSES = FIRST_TERMS["opens_at"], FIRST_TERMS["closes_at"]


MOST = 10**12
LOTS = 2**16 - 1
TOUCH = FIRST_TERMS["touches"][0]
DAY = {"first": "2024-12-26", "last": "2024-12-26"}
TWICE = {"when": ["smart_ex"], "times": 2}
TEXTS: dict[str, Any] = FIRST_TERMS["texts"]
TEXT = {"ja": "冬", "en": "Winter"}


KINDS = sorted(MemberKind.values)
NO_KINDS: dict[str, list[str]] = {
    "kinds_excluded": [],
    "kinds_registered": [],
    "kinds_free": [],
}
CREDIT = FIRST_TERMS["credit_at"]


def japan(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=JAPAN)  # type: ignore[misc,arg-type] # parts of an instant


def case(name: str, broken: dict[str, Any], kept: dict[str, Any], words: str = "") -> Any:
    return pytest.param(name, broken, kept, id=f"{name} {words}".strip())


def period(first: str, last: str) -> dict[str, str]:
    return {"first": first, "last": last}


FORM = [
    *(
        case(
            "terms_series_codes_are_identifiers",
            {"series_code": "s", "series_course": "c", name: broken},
            {"series_code": "s", "series_course": "c", name: kept},
            f"{name} {broken!r:.9}",
        )
        for name in ("series_code", "series_course")
        for broken, kept in (("", "c"), ("冬", "-_9Z"))
    ),
    case(
        "terms_course_of_a_series",
        {"series_course": "c"},
        {"series_code": "s", "series_course": "c"},
        "course",
    ),
    case(
        "terms_course_of_a_series",
        {"series_carried": True},
        {"series_code": "s", "series_carried": True},
        "carried",
    ),
    case(
        "terms_dates_from_2000_to_2099",
        {"kept_until": date(2100, 1, 1)},
        {"kept_until": date(2099, 12, 31)},
        "kept",
    ),
    case(
        "terms_dates_from_2000_to_2099",
        {"public_at": japan(1999, 12, 31, 23, 59, 59)},
        {"public_at": japan(2000, 1, 1)},
        "page",
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
        case(
            "terms_instants_whole_seconds",
            {"booked_from": OPENS, "booked_until": CLOSES, field: OPENS + MICROSECOND},
            {"booked_from": OPENS, "booked_until": CLOSES, field: OPENS + SECOND},
            field,
        )
        for field in ("booked_from", "booked_until")
    ),
    case(
        "terms_booked_has_both_ends",
        {"booked_from": OPENS},
        {"booked_from": OPENS, "booked_until": CLOSES},
        "from alone",
    ),
    case(
        "terms_booked_has_both_ends",
        {"booked_until": CLOSES},
        {"booked_from": None, "booked_until": None},
        "until alone",
    ),
    *(
        case(name, {field: value}, {field: neighbour}, f"at {neighbour}")
        for name, field in (
            ("terms_minimum_in_range", "minimum_total_yen"),
            ("terms_budget_in_range", "budget_points"),
            ("terms_sales_in_range", "expected_sales_yen"),
        )
        for value, neighbour in ((0, 1), (MOST + 1, MOST))
    ),
    case("terms_edge_known", {"edge": "other"}, {"edge": "partial"}),
    case("terms_edge_known", {"edge": ""}, {"edge": "stop"}, "stop"),
    case("terms_time_zone_is_japan", {"time_zone": "Japan"}, {"time_zone": "Asia/Tokyo"}),
    *(
        case(
            "terms_lists_sorted_once",
            {**NO_KINDS, field: broken},
            {**NO_KINDS, field: kept},
            f"{field} {words}",
        )
        for field, kept in (
            ("kinds_excluded", KINDS[:2]),
            ("kinds_registered", KINDS[:2]),
            ("kinds_free", KINDS[:2]),
            ("products_excluded", ["discount", "standard"]),
            ("channels_excluded", ["agency", "web"]),
        )
        for broken, words in ((kept[::-1], "unsorted"), (kept[:1] * 2, "twice"))
    ),
    *(
        case("terms_touches_fit", {"touches": broken}, {"touches": [TOUCH]}, words)
        for words, broken in (
            ("an object", TOUCH),
            ("an empty list", []),
            ("a text", ["e5489"]),
            ("a key less", [{"services": ["e5489"], "operator": "JR West"}]),
            ("a key more", [{**TOUCH, "area": None}]),
            ("no service", [{**TOUCH, "services": []}]),
            ("a service as text", [{**TOUCH, "services": "e5489"}]),
            ("services unsorted", [{**TOUCH, "services": ["smart_ex", "e5489"]}]),
            ("a service twice", [{**TOUCH, "services": ["e5489", "e5489"]}]),
            ("a service that is a number", [{**TOUCH, "services": [5489]}]),
            ("no operator", [{**TOUCH, "operator": ""}]),
            ("an operator that is null", [{**TOUCH, "operator": None}]),
            ("no line", [{**TOUCH, "lines": []}]),
            ("the second item", [TOUCH, {}]),
        )
    ),
    *(
        case("terms_travel_fits", {"travel": broken}, {"travel": [DAY]}, words)
        for words, broken in (
            ("an object", DAY),
            ("an empty list", []),
            ("a key less", [{"first": "2024-12-26"}]),
            ("a key more", [{**DAY, "middle": "2024-12-26"}]),
            ("no day", [{**DAY, "last": "2025-02-29"}]),
            ("a day in another form", [{**DAY, "last": "20241226"}]),
            ("a day that is null", [{**DAY, "first": None}]),
            ("a day of another century", [{**DAY, "first": "1999-12-26"}]),
        )
    ),
    *(
        case(
            "terms_payment_methods_fit",
            {"payment_methods": broken},
            {"payment_methods": kept},
            words,
        )
        for words, broken, kept in (
            ("a list", [], {}),
            ("no method", {"e5489": []}, {"e5489": ["points"]}),
            ("a text", {"e5489": "points"}, {"e5489": ["points"], "smart_ex": ["points"]}),
            ("a method twice", {"e5489": ["points"] * 2}, {"e5489": ["bank", "points"]}),
        )
    ),
    *(
        case(
            "terms_lots_times_fit",
            {"lots_yen": 1_000, "lots_times": broken},
            {"lots_yen": 1_000, "lots_times": kept},
            words,
        )
        for words, broken, kept in (
            ("an object", TWICE, [TWICE]),
            ("once", [{**TWICE, "times": 1}], [{**TWICE, "times": 2}]),
            ("too often", [{**TWICE, "times": LOTS + 1}], [{**TWICE, "times": LOTS}]),
            ("no whole number", [{**TWICE, "times": 2.5}], [{**TWICE, "times": 3}]),
            ("a truth", [{**TWICE, "times": True}], []),
            ("a text", [{**TWICE, "times": "2"}], [TWICE]),
            ("no fact", [{**TWICE, "when": []}], [TWICE]),
            ("the same twice", [TWICE, TWICE], [TWICE, {"when": ["e5489"], "times": 2}]),
            ("a word more", [{**TWICE, "cap": 2}], [TWICE]),
        )
    ),
    *(
        case("terms_texts_fit", {"texts": broken}, {"texts": TEXTS}, words)
        for words, broken in (
            ("a list", [TEXTS]),
            ("a text less", {name: TEXTS[name] for name in TEXTS if name != "slogan"}),
            ("a text more", {**TEXTS, "footer": TEXT}),
            ("one language", {**TEXTS, "heading": {"ja": "冬"}}),
            ("a third language", {**TEXTS, "heading": {**TEXT, "fr": "Hiver"}}),
            ("no text", {**TEXTS, "heading": {**TEXT, "en": None}}),
            ("no languages", {**TEXTS, "heading": "Winter"}),
            ("notes that are no list", {**TEXTS, "notes": TEXT}),
            ("a note in one language", {**TEXTS, "notes": [TEXT, {"ja": "注意"}]}),
            ("a telephone in two languages", {**TEXTS, "contact_telephone": TEXT}),
            ("no drawing", {**TEXTS, "drawing": None}),
        )
    ),
    case("terms_lots_by_yen", {"lots_most": 2}, {"lots_most": 2, "lots_yen": 1}, "most alone"),
    case("terms_lots_by_yen", {"lots_yen": 0}, {"lots_yen": 1}, "at 1"),
    case("terms_lots_by_yen", {"lots_yen": MOST + 1}, {"lots_yen": MOST}, f"at {MOST}"),
    case("terms_lots_by_yen", {"lots_most": 0}, {"lots_most": 1}, "most 0"),
    case(
        "terms_lots_in_range",
        {"lots_yen": 1, "lots_most": LOTS + 1},
        {"lots_yen": 1, "lots_most": LOTS},
    ),
    case(
        "terms_lots_in_range",
        {"lots_yen": 1, "lots_most": 32_768, "lots_times": [TWICE]},
        {"lots_yen": 1, "lots_most": 32_767, "lots_times": [TWICE]},
        "with times",
    ),
]
MEANING = [
    *(
        case("terms_texts_given", {"texts": broken}, {"texts": kept}, words)
        for words, broken, kept in (
            ("no heading", {**TEXTS, "heading": {**TEXT, "ja": ""}}, {**TEXTS, "heading": TEXT}),
            ("spaces", {**TEXTS, "heading": {**TEXT, "en": " \n"}}, {**TEXTS, "notes": []}),
            ("an empty note", {**TEXTS, "notes": [{**TEXT, "en": ""}]}, {**TEXTS, "notes": [TEXT]}),
            ("no telephone", {**TEXTS, "contact_telephone": ""}, TEXTS),
            ("no drawing", {**TEXTS, "drawing": ""}, {**TEXTS, "slogan": {"ja": "", "en": ""}}),
        )
    ),
    case("terms_names_not_empty", {"name_ja": ""}, {"name_ja": "年"}, "Japanese"),
    case("terms_names_not_empty", {"name_en": ""}, {"name_en": "N"}, "English"),
    case(
        "terms_names_not_empty",
        {"expected_sales_basis": ""},
        {"expected_sales_basis": "年"},
        "basis",
    ),
    *(
        case("terms_lists_of_known_values", {name: ["nobody"]}, {name: every}, name)
        for name, every in (
            ("products_excluded", sorted(ProductKind.values)),
            ("channels_excluded", sorted(SalesChannel.values)),
        )
    ),
    *(
        case(
            "terms_lists_of_known_values",
            {**NO_KINDS, name: ["nobody"]},
            {**NO_KINDS, name: KINDS},
            name,
        )
        for name in NO_KINDS
    ),
    *(
        case(name, broken, kept, words)
        for name, words, broken, kept in (
            (
                "terms_services_known",
                "a service of nobody",
                {"touches": [TOUCH, {**TOUCH, "services": ["e5489", "nobody"]}]},
                {"touches": [TOUCH, {**TOUCH, "services": ["e5489", "smart_ex"]}]},
            ),
            (
                "terms_payment_methods_known",
                "a service of nobody",
                {"payment_methods": {"nobody": ["bank"]}},
                {"payment_methods": {"smart_ex": ["bank"]}},
            ),
            (
                "terms_payment_methods_known",
                "a way of nobody",
                {"payment_methods": {"e5489": ["bank", "nobody"]}},
                {"payment_methods": {}},
            ),
            (
                "terms_facts_known",
                "a fact of nobody",
                {"lots_times": [{"when": ["nobody"], "times": 2}]},
                {"lots_times": [{"when": ["smart_ex", "ticketless"], "times": 2}]},
            ),
            (
                "terms_facts_known",
                "a service left out",
                {"touches": [{**TOUCH, "services": ["e5489"]}], "lots_times": [TWICE]},
                {"touches": [{**TOUCH, "services": ["smart_ex"]}], "lots_times": [TWICE]},
            ),
            (
                "terms_operators_known",
                "an operator of nobody",
                {"touches": [TOUCH, {**TOUCH, "operator": "JR-West"}]},
                {"touches": [TOUCH, {**TOUCH, "operator": "JR Kyushu"}]},
            ),
            (
                "terms_lines_known",
                "a line of nobody",
                {"touches": [TOUCH, {**TOUCH, "lines": ["こだま", "みずほ"]}]},
                {"touches": [TOUCH, {**TOUCH, "lines": ["さくら", "みずほ"]}]},
            ),
        )
    ),
    case("terms_public_before_entry", {"public_at": OPENS + SECOND}, {"public_at": OPENS}),
    case(
        "terms_entry_opens_before_closing",
        {"closes_at": OPENS},
        {"closes_at": OPENS + SECOND},
    ),
    case(
        "terms_travel_dates_in_order",
        {"travel": [period("2025-01-07", "2025-01-06")]},
        {"travel": [period("2025-01-06", "2025-01-06")]},
        "a period",
    ),
    case(
        "terms_travel_dates_in_order",
        {"travel": [period("2024-12-26", "2025-01-06"), period("2025-01-06", "2025-01-08")]},
        {"travel": [period("2024-12-26", "2025-01-06"), period("2025-01-07", "2025-01-08")]},
        "two periods",
    ),
    case(
        "terms_booked_in_order",
        {"booked_from": OPENS, "booked_until": OPENS},
        {"booked_from": OPENS, "booked_until": OPENS + SECOND},
    ),
    case("terms_credit_after_entry", {"credit_at": CLOSES - SECOND}, {"credit_at": CLOSES}),
    case(
        "terms_credit_after_entry",
        {"booked_from": OPENS, "booked_until": CREDIT + SECOND},
        {"booked_from": OPENS, "booked_until": CREDIT},
        "after booking",
    ),
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
        {"expires_on": date(2025, 2, 14)},
        {"expires_on": date(2025, 2, 15)},
    ),
    case(
        "terms_expiry_after_credit",
        {"expires_on": date(2025, 2, 15), "credit_at": japan(2025, 2, 16)},
        {"expires_on": date(2025, 2, 15), "credit_at": japan(2025, 2, 15, 23, 59, 59)},
        "by Japan's midnight",
    ),
    case(
        "terms_kept_until_expiry",
        {"kept_until": FIRST_TERMS["expires_on"] - timedelta(days=1)},
        {"kept_until": FIRST_TERMS["expires_on"]},
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
            "terms_no_series_without_entry",
            {"series_code": "s", "entry_needed": False, **more},
            {"series_code": "s", "entry_needed": False},
            words,
        )
        for words, more in (
            ("with a course", {"series_course": "c"}),
            ("carried", {"series_carried": True}),
        )
    ),
]
RULES = [*FORM, *MEANING]
