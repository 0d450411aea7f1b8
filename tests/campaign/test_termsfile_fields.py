"""What each value of a campaign file must be; the sentence names its place and what is allowed."""

from datetime import date, datetime
from typing import Any

import pytest

from campaign.termsfile import read_campaign_file
from tests.campaign.files import (
    FIXED,
    POOL,
    SPENT,
    as_bytes,
    changed,
    full_values,
    places,
    prize,
    value_at,
)
from tests.campaign.refused import sentence_about
from tests.factories.campaign import JAPAN

FULL = full_values()
INSTANTS = (
    *("public_at", "opens_at", "closes_at", "credit_at"),
    *("bookings.booked.from", "bookings.booked.until"),
)
DAYS = ("expires_on", "kept_until", "bookings.travel[0].first", "bookings.travel[0].last")
MONEY = (
    *("minimum_total_yen", "budget_points", "expected_sales_yen", "lots.yen"),
    *("prizes[1].minimum_total_yen", "prizes[0].reward.cap", "prizes[0].reward.cap_if[0].cap"),
    *("prizes[1].reward.points", "prizes[2].reward.points", "prizes[2].reward.cap"),
    *("prizes[0].take.winners",),
)
# Other numbers: the least and the greatest.
NUMBERS = {
    **dict.fromkeys(MONEY, (1, 10**12)),
    "prizes[1].take.one_in": (2, 10**12),
    "prizes[0].reward.percent": (1, 1_000),
    "lots.most": (1, 65_535),
    "lots.times[0].times": (2, 65_535),
}
CODES = (
    *("code", "series.code", "series.course", "prizes[0].code", "texts.drawing"),
    *("bookings.touches[0].services[0]", "bookings.products_excluded[0]"),
    *("bookings.channels_excluded[0]", "bookings.payment_methods.e5489[0]"),
    *("bookings.kinds_excluded[0]", "bookings.kinds_registered[0]", "bookings.kinds_free[0]"),
    *("lots.times[0].when[0]", "prizes[0].reward.cap_if[0].when[0]"),
)
TRUTHS = (
    *("entry_needed", "series.carried", "prizes[2].beside"),
    *("bookings.phone_changes_excluded", "bookings.stopovers_excluded"),
)
NAMES = ("name.ja", "name.en", "prizes[0].name.ja", "prizes[2].name.en", "texts.contact_telephone")
GIVEN_NAMES = ("bookings.touches[0].operator", "bookings.touches[0].lines[0]")
TEXTS = ("texts.heading.ja", "texts.privacy.en", "texts.notes[0].ja", "expected_sales_basis")
LISTS = (
    *("bookings.touches", "bookings.touches[0].services", "bookings.touches[0].lines"),
    *("bookings.travel", "bookings.payment_methods.e5489", "prizes"),
    *("lots.times[0].when", "prizes[0].reward.cap_if[0].when"),
)
LISTS_IF_ANY = (
    *("bookings.products_excluded", "bookings.channels_excluded", "bookings.kinds_excluded"),
    *("bookings.kinds_registered", "bookings.kinds_free"),
    *("lots.times", "prizes[0].reward.cap_if", "texts.notes"),
)
NULLS = (
    *("series", "series.course", "bookings.booked", "bookings.touches[0].lines"),
    *("prizes[1].minimum_total_yen", "prizes[2].reward.cap"),
)
NOT_TEXT: list[Any] = [None, 1, 1.5, True, ["a"], {"a": "b"}]
NO_NUMBER: list[Any] = [None, "1", 1.0, 1.5, True, False, [1], {}]
A_CODE = "must be 1 to 40 of A-Z, a-z, 0-9, _ and -."
AN_INSTANT = "must be a whole second like 2024-12-10T12:00:00+09:00."
A_DAY = "must be a day from 2000 to 2099, like 2024-12-26."


def sentence_at(place: str, value: Any) -> str:
    """Return the sentence about the full file with this value, which begins with its place."""
    sentence = sentence_about(as_bytes(changed(place, value)))
    assert sentence.startswith(f"{place}: ")
    return sentence.removeprefix(f"{place}: ")


def read_at(place: str, value: Any) -> Any:
    """Return the columns of the full file with this value."""
    return read_campaign_file(as_bytes(changed(place, value)))


def test_every_value_is_of_a_kind_tested_here() -> None:
    tested = {*INSTANTS, *DAYS, *NUMBERS, *CODES, *TRUTHS, *NAMES, *GIVEN_NAMES, *TEXTS}
    tested |= {"schema", "time_zone", "edge", "prizes[2].take.all"}
    ends = {place for place in places(FULL) if not isinstance(value_at(FULL, place), list | dict)}
    others = ("prizes[", "texts.", "lots.times", "bookings.touches", "bookings.payment")

    assert {place for place in ends - tested if not place.startswith(others)} == set()


@pytest.mark.parametrize("value", [v for v in NO_NUMBER if v is not None], ids=repr)
@pytest.mark.parametrize("place", NUMBERS)
def test_number_is_a_whole_one(place: str, value: Any) -> None:
    least, most = NUMBERS[place]

    assert sentence_at(place, value) == f"must be a whole number from {least:,} to {most:,}."


@pytest.mark.parametrize("place", NUMBERS)
def test_number_has_its_bounds(place: str) -> None:
    least, most = NUMBERS[place]
    rule = f"must be a whole number from {least:,} to {most:,}."

    assert [sentence_at(place, value) for value in (least - 1, -1, most + 1)] == [rule] * 3
    read_at(place, least)
    if not place.startswith("lots."):
        read_at(place, most)


@pytest.mark.parametrize("text", ["1e3", "1E400", "5000.0", "-0.0"])
def test_number_is_written_in_digits_only(text: str) -> None:
    content = as_bytes(changed("budget_points", "?")).replace(b'"?"', text.encode())

    assert sentence_about(content).startswith("budget_points: must be a whole number from 1 to ")


@pytest.mark.parametrize(
    "value", [*NOT_TEXT, "", " ", "a b", "a\n", "a.b", "年末", "１", "a" * 41], ids=repr
)
@pytest.mark.parametrize("place", ["code", "series.code", "prizes[0].code", "texts.drawing"])
def test_code_is_an_identifier(place: str, value: Any) -> None:
    assert sentence_at(place, value) == A_CODE


@pytest.mark.parametrize("value", [None, 1, "", "Smart EX", "年"], ids=repr)
@pytest.mark.parametrize("place", [place for place in CODES if place.endswith("]")])
def test_code_in_a_list_is_an_identifier(place: str, value: Any) -> None:
    assert sentence_at(place, value) == A_CODE


@pytest.mark.parametrize("value", ["a", "-_9Z", "a" * 40])
@pytest.mark.parametrize("place", CODES)
def test_code_may_be_any_identifier(place: str, value: str) -> None:
    read_at(place, value)


@pytest.mark.parametrize("value", [None, 0, 1, "true", [], {}], ids=repr)
@pytest.mark.parametrize("place", TRUTHS)
def test_truth_is_true_or_false(place: str, value: Any) -> None:
    assert sentence_at(place, value) == "must be true or false."


@pytest.mark.parametrize("value", NOT_TEXT, ids=repr)
@pytest.mark.parametrize("place", [*NAMES, *TEXTS])
def test_text_is_in_quotes(place: str, value: Any) -> None:
    assert sentence_at(place, value) == "must be a text in quotes."


@pytest.mark.parametrize("value", [*NOT_TEXT, "", " ", "　"], ids=repr)
@pytest.mark.parametrize("place", GIVEN_NAMES)
def test_operator_and_line_are_given(place: str, value: Any) -> None:
    assert sentence_at(place, value) in (
        "must be a text in quotes.",
        "must be a text that is not empty.",
    )


@pytest.mark.parametrize(
    "value",
    ["a\nb", "a\0", "\ud800", "a\x1b[31m", "a\u2028b", "a\x7f", "a\x85b"],
    ids=["line end", "NUL", "half a character", "terminal", "line separator", "DEL", "C1"],
)
@pytest.mark.parametrize("place", [*NAMES, *GIVEN_NAMES])
def test_name_is_one_line(place: str, value: str) -> None:
    assert sentence_at(place, value) == "must be one line without control characters."


@pytest.mark.parametrize(
    "value",
    ["a\0", "\ud800", "a\x1b[31m", "a\u2028b", "a\x7f", "a\r\nb", "a\tb"],
    ids=["NUL", "half a character", "terminal", "line separator", "DEL", "return", "tabulator"],
)
@pytest.mark.parametrize("place", TEXTS)
def test_text_is_plain(place: str, value: str) -> None:
    rule = r"must be plain text without control characters but \n."

    assert sentence_at(place, value) == rule


@pytest.mark.parametrize("place", NAMES)
def test_name_has_at_most_100_characters(place: str) -> None:
    read_at(place, "年" * 100)

    assert sentence_at(place, "年" * 101) == "must have at most 100 characters."


@pytest.mark.parametrize("place", TEXTS)
def test_text_has_at_most_10_000_characters_in_lines(place: str) -> None:
    read_at(place, "年\n" * 5_000)

    assert sentence_at(place, "年" * 10_001) == "must have at most 10,000 characters."


@pytest.mark.parametrize("place", [*NAMES, *TEXTS])
def test_text_may_be_empty_until_the_check(place: str) -> None:
    read_at(place, "")


@pytest.mark.parametrize(
    "value",
    [
        *NOT_TEXT,
        pytest.param("2024-12-26T00:00:00", id="an instant"),
        pytest.param("20241226", id="without hyphens"),
        pytest.param("2024-W52-4", id="by week"),
        pytest.param("24-12-26", id="a short year"),
        pytest.param("2024-12-26 ", id="a space after it"),
        pytest.param("２０２４-12-26", id="full-width digits"),
        pytest.param("1999-12-31", id="before 2000"),
        pytest.param("2100-01-01", id="after 2099"),
    ],
)
@pytest.mark.parametrize("place", DAYS)
def test_day_has_its_form(place: str, value: Any) -> None:
    assert sentence_at(place, value) == A_DAY


@pytest.mark.parametrize("value", ["2025-02-29", "2024-13-01", "2024-00-10", "2024-04-31"])
@pytest.mark.parametrize("place", DAYS)
def test_day_is_in_the_calendar(place: str, value: str) -> None:
    assert sentence_at(place, value).startswith("is no day of the calendar.")


def test_day_may_be_the_29th_of_february() -> None:
    assert read_at("expires_on", "2024-02-29").terms["expires_on"] == date(2024, 2, 29)


@pytest.mark.parametrize(
    "value",
    [
        *NOT_TEXT,
        pytest.param(1733799600, id="Unix seconds"),
        pytest.param("2024-12-10", id="a day"),
        pytest.param("2024-12-10T12:00:00", id="without an offset"),
        pytest.param("2024-12-10T12:00+09:00", id="without seconds"),
        pytest.param("2024-12-10T12:00:00.5+09:00", id="a fraction of a second"),
        pytest.param("2024-12-10T12:00:00.000000+09:00", id="a fraction of nought"),
        pytest.param("2024-12-10 12:00:00+09:00", id="a space for the T"),
        pytest.param("2024-12-10T12:00:00+0900", id="an offset without a colon"),
        pytest.param("2024-12-10T12:00:00+09:00:30", id="an offset with seconds"),
        pytest.param("2024-12-10T12:00:00JST", id="a zone by name"),
        pytest.param("2024-12-10T12:00:00z", id="a small z"),
        pytest.param("2025-01-13T24:00:00+09:00", id="24:00"),
        pytest.param("2024-12-10T12:00:60+09:00", id="second 60"),
        pytest.param("2024-12-10T12:00:00+16:00", id="offset 16:00"),
        pytest.param("1999-12-31T23:59:59Z", id="before 2000"),
        pytest.param("0001-01-01T00:00:00+09:00", id="year 1"),
        pytest.param("2100-01-01T00:00:00Z", id="after 2099"),
        pytest.param("2024-12-10T12:00:00+09:00\n", id="a line end after it"),
    ],
)
@pytest.mark.parametrize("place", INSTANTS)
def test_instant_has_its_form(place: str, value: Any) -> None:
    if value is not None or place not in NULLS:
        assert sentence_at(place, value) == AN_INSTANT


@pytest.mark.parametrize("value", ["2000-01-01T00:00:00+15:00", "2099-12-31T15:00:00Z"])
@pytest.mark.parametrize("place", INSTANTS)
def test_instant_is_of_the_years_in_japan(place: str, value: str) -> None:
    assert sentence_at(place, value) == "must be from 2000 to 2099 in Japan."


@pytest.mark.parametrize("value", ["2000-01-01T00:00:00+09:00", "2099-12-31T14:59:59Z"])
def test_instant_may_be_the_first_and_the_last(value: str) -> None:
    assert read_at("opens_at", value).terms["opens_at"] == datetime.fromisoformat(value)


def test_instant_is_on_a_day_of_the_calendar() -> None:
    sentence = sentence_at("closes_at", "2025-02-29T00:00:00+09:00")

    assert sentence.startswith("is no day of the calendar.")


@pytest.mark.parametrize(
    "text",
    ["2024-12-10T12:00:00+09:00", "2024-12-10T03:00:00Z", "2024-12-09T12:00:00-15:00"],
)
def test_instant_may_have_any_offset(text: str) -> None:
    assert read_at("opens_at", text).terms["opens_at"] == datetime(2024, 12, 10, 12, tzinfo=JAPAN)


@pytest.mark.parametrize("value", [1, "a", True, {}, {"0": "a"}], ids=repr)
@pytest.mark.parametrize("place", [*LISTS, *LISTS_IF_ANY])
def test_list_is_a_list(place: str, value: Any) -> None:
    assert sentence_at(place, value) == "must be a list."


@pytest.mark.parametrize("place", LISTS)
def test_list_is_not_empty(place: str) -> None:
    assert sentence_at(place, []) == "must be a list that is not empty."


@pytest.mark.parametrize("place", LISTS_IF_ANY)
def test_list_may_be_empty(place: str) -> None:
    read_at(place, [])


@pytest.mark.parametrize("place", [*LISTS, *LISTS_IF_ANY])
def test_list_names_nothing_twice(place: str) -> None:
    (first, *_rest) = value_at(FULL, place)

    sentence = sentence_about(as_bytes(changed(place, [first, first])))

    assert sentence == f"{place}[1]: is the same as {place}[0]; leave one."


def test_touch_is_the_same_in_another_order() -> None:
    touch = {"services": ["e5489", "smart_ex"], "operator": "JR West", "lines": None}
    again = {**touch, "services": ["smart_ex", "e5489"]}

    assert sentence_about(as_bytes(changed("bookings.touches", [touch, again]))) == (
        "bookings.touches[1]: is the same as bookings.touches[0]; leave one."
    )


def test_lists_whose_order_means_nothing_are_sorted_as_bytes() -> None:
    values = changed("bookings.touches[0].lines", ["山陽新幹線", "のぞみ", "A", "a", "B"])
    values = changed("bookings.kinds_free", ["smart_ex", "corporate", "plus_ex"], values)
    values = changed("bookings.payment_methods", {"smart_ex": ["b", "a"], "e5489": ["c"]}, values)
    values = changed("lots.times[0].when", ["ticketless", "e5489"], values)

    terms = read_campaign_file(as_bytes(values)).terms

    assert terms["touches"][0]["lines"] == ["A", "B", "a", "のぞみ", "山陽新幹線"]
    assert terms["kinds_free"] == ["corporate", "plus_ex", "smart_ex"]
    assert list(terms["payment_methods"]) == ["e5489", "smart_ex"]
    assert terms["payment_methods"]["smart_ex"] == ["a", "b"]
    assert terms["lots_times"] == [{"when": ["e5489", "ticketless"], "times": 2}]


def test_lists_whose_order_counts_stay_as_they_are() -> None:
    travel = [
        {"first": "2025-01-01", "last": "2025-01-02"},
        {"first": "2024-12-26", "last": "2024-12-27"},
    ]
    file = read_campaign_file(as_bytes(changed("bookings.travel", travel)))

    assert file.terms["travel"] == travel
    assert [prize["code"] for prize in file.prizes] == ["a", "b", "c"]


@pytest.mark.parametrize("place", NULLS)
def test_value_may_be_null(place: str) -> None:
    read_at(place, None)


def test_payment_methods_may_be_none() -> None:
    assert read_at("bookings.payment_methods", {}).terms["payment_methods"] == {}


OBJECT = "must be an object with "
BROKEN = [
    ("another schema", "schema", "campaign/1", 'must be one of: "campaign/2".'),
    ("no schema", "schema", None, 'must be one of: "campaign/2".'),
    ("another zone", "time_zone", "UTC", 'must be one of: "Asia/Tokyo".'),
    ("another edge", "edge", "skip", 'must be one of: "stop", "partial".'),
    ("edge in capitals", "edge", "Stop", 'must be one of: "stop", "partial".'),
    ("series by its code alone", "series", "winter", f"{OBJECT}code, course, carried."),
    ("name in one language", "name", "冬", f"{OBJECT}ja, en."),
    ("bookings in a list", "bookings", [], f"{OBJECT}touches, travel, "),
    ("a touch by its operator", "bookings.touches[0]", "JR West", f"{OBJECT}services, operator, "),
    ("a period by one day", "bookings.travel[0]", "2024-12-26", f"{OBJECT}first, last."),
    ("booked in a list", "bookings.booked", ["2024-12-26"], f"{OBJECT}from, until."),
    ("payment methods in a list", "bookings.payment_methods", ["x"], "must be an object: by "),
    ("lots as a number", "lots", 1, f"{OBJECT}yen, most, times."),
    ("times as a number", "lots.times[0]", 2, f"{OBJECT}when, times."),
    ("a prize by its points", "prizes[0]", 5, f"{OBJECT}code, name, take, minimum_total_yen, "),
    ("a cap without its facts", "prizes[0].reward.cap_if[0]", 5, f"{OBJECT}when, cap."),
    ("texts as a text", "texts", "", f"{OBJECT}heading, slogan, overview, "),
    ("a note in one language", "texts.notes[0]", "注意", f"{OBJECT}ja, en."),
    ("take by a word", "prizes[0].take", "all", 'must be {"winners": N}, {"one_in": k} or '),
    ("take of nothing", "prizes[0].take", {}, "must have exactly one of: winners, one_in, all."),
    (
        "take of two",
        "prizes[0].take",
        {"winners": 1, "all": True},
        "must have exactly one of: winners, one_in, all.",
    ),
    ("reward by its points", "prizes[1].reward", 300, "must be an object with kind and the words "),
]


@pytest.mark.parametrize(
    ("place", "value", "rule"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN]
)
def test_value_has_its_form(place: str, value: Any, rule: str) -> None:
    assert sentence_at(place, value).startswith(rule)


ELSEWHERE: list[tuple[str, str, Any, str]] = [
    (
        "a service for payment that is no code",
        "bookings.payment_methods",
        {"Smart EX": ["registered_card"]},
        f"bookings.payment_methods.Smart EX: {A_CODE}",
    ),
    (
        "no payment method for a service",
        "bookings.payment_methods",
        {"e5489": []},
        "bookings.payment_methods.e5489: must be a list that is not empty.",
    ),
    (
        "a null for what any payment method is",
        "bookings.payment_methods",
        {"e5489": None},
        "bookings.payment_methods.e5489: must be a list.",
    ),
    (
        "an unknown take",
        "prizes[0].take",
        {"half": True},
        "prizes[0].take.half: no such field; allowed here is one of: winners, one_in, all.",
    ),
    (
        "take all: false",
        "prizes[0].take",
        {"all": False},
        "prizes[0].take.all: must be true; for fewer winners write winners or one_in instead.",
    ),
    (
        "take all: 1",
        "prizes[0].take",
        {"all": 1},
        "prizes[0].take.all: must be true; for fewer winners write winners or one_in instead.",
    ),
    (
        "an unknown kind of reward",
        "prizes[1].reward",
        {"kind": "half", "points": 1},
        'prizes[1].reward.kind: must be one of: "spent", "fixed", "pool".',
    ),
    (
        "a kind of reward that is no text",
        "prizes[1].reward",
        {"kind": ["fixed"], "points": 1},
        'prizes[1].reward.kind: must be one of: "spent", "fixed", "pool".',
    ),
    (
        "spent without a cap",
        "prizes[0].reward",
        {"kind": "spent", "percent": 10, "cap_if": []},
        (
            "prizes[0].reward.cap: missing; required here: kind, percent, cap, cap_if "
            '("kind": "spent").'
        ),
    ),
    (
        "spent with a null for its cap",
        "prizes[0].reward",
        {**SPENT, "cap": None},
        "prizes[0].reward.cap: must be a whole number from 1 to 1,000,000,000,000.",
    ),
    (
        "fixed with the percent of spent",
        "prizes[1].reward",
        {**FIXED, "percent": 10},
        'prizes[1].reward.percent: no such field; allowed here: kind, points ("kind": "fixed").',
    ),
    (
        "a pool with caps by facts",
        "prizes[2].reward",
        {**POOL, "cap_if": []},
        'prizes[2].reward.cap_if: no such field; allowed here: kind, points, cap ("kind": "pool").',
    ),
    (
        "beside for some winners",
        "prizes[0]",
        prize("a", SPENT, take={"winners": 1}, beside=True),
        'prizes[0].beside: may be true only with "take": {"all": true}.',
    ),
    (
        "beside for one in two",
        "prizes[0]",
        prize("a", SPENT, take={"one_in": 2}, beside=True),
        'prizes[0].beside: may be true only with "take": {"all": true}.',
    ),
    (
        "a pool for some winners",
        "prizes[2]",
        prize("c", POOL, take={"winners": 1}),
        'prizes[2].take: must be {"all": true}, as all share a pool.',
    ),
    (
        "a pool with its own minimum",
        "prizes[2]",
        prize("c", POOL, minimum_total_yen=5_000),
        "prizes[2].minimum_total_yen: must be null, as all share a pool.",
    ),
    (
        "two prizes of one code",
        "prizes[2].code",
        "a",
        "prizes[2].code: is the code of prizes[0] too; give each prize its own.",
    ),
    (
        "seventeen prizes",
        "prizes",
        [prize(str(number), FIXED) for number in range(17)],
        "prizes: must have at most 16 items.",
    ),
    (
        "most lots of members with one each",
        "lots",
        {"yen": None, "most": 2, "times": []},
        "lots.most: must be 1 while lots.yen is null.",
    ),
    (
        "65,536 lots by a multiple",
        "lots",
        {"yen": 1, "most": 32_768, "times": [{"when": ["e5489"], "times": 2}]},
        "lots: most by the greatest times is 65,536; it must be at most 65,535.",
    ),
    (
        "one lot too many by the greatest of the multiples",
        "lots",
        {
            "yen": 1,
            "most": 21_845,
            "times": [{"when": ["e5489"], "times": 4}, {"when": ["smart_ex"], "times": 3}],
        },
        "lots: most by the greatest times is 87,380; it must be at most 65,535.",
    ),
]


@pytest.mark.parametrize(
    ("place", "value", "sentence"),
    [row[1:] for row in ELSEWHERE],
    ids=[row[0] for row in ELSEWHERE],
)
def test_values_fit_together(place: str, value: Any, sentence: str) -> None:
    assert sentence_about(as_bytes(changed(place, value))) == sentence


@pytest.mark.parametrize(
    ("place", "value"),
    [
        pytest.param("prizes[2]", prize("c", POOL, beside=True), id="a pool beside"),
        pytest.param("prizes[0]", prize("a", SPENT), id="not beside, for all"),
        pytest.param("prizes", [prize(str(n), FIXED) for n in range(16)], id="sixteen prizes"),
        pytest.param("lots", {"yen": 1, "most": 65_535, "times": []}, id="65,535 lots"),
        pytest.param(
            "lots",
            {"yen": 1, "most": 21_845, "times": [{"when": ["e5489"], "times": 3}]},
            id="65,535 lots by a multiple",
        ),
        pytest.param(
            "lots",
            {"yen": None, "most": 1, "times": [{"when": ["e5489"], "times": 65_535}]},
            id="65,535 times one lot",
        ),
        pytest.param(
            "lots.times",
            [{"when": ["e5489"], "times": 2}, {"when": ["e5489"], "times": 3}],
            id="the same facts with another value",
        ),
    ],
)
def test_neighbour_loads(place: str, value: Any) -> None:
    read_at(place, value)
