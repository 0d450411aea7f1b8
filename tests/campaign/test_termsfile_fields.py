"""What each field of a campaign file must be; the sentence names field and rule."""

from datetime import date, datetime
from typing import Any

import pytest

from campaign.termsfile import FIELDS, read_campaign_file
from tests.campaign.refused import sentence_about
from tests.factories.campaign import JAPAN, file_bytes

INSTANTS = ("public_at", "opens_at", "closes_at", "credit_at")
DAYS = ("travel_first", "travel_last", "expires_on")
NUMBERS = ("minimum_total_yen", "reward_cap_points", "budget_points", "expected_sales_yen")
LISTS = ("kinds_excluded", "kinds_registered", "kinds_free")
TEXTS = ("name_ja", "name_en", "policy", "time_zone", "operator")
A_TEXT = "must be a text that is not empty."
ONE_LINE = "must be one line without control characters."
A_NUMBER = "must be a whole number of at most 9,007,199,254,740,991."
A_DAY = "must be a day like 2024-12-26."
AN_INSTANT = "must be an instant like 2024-12-10T12:00:00+09:00."
KINDS = "must be a list of known member kinds."
A_CODE = "must be 1 to 40 of A-Z, a-z, 0-9, _ and -."
NO_TEXT: list[Any] = [None, 1, 1.5, True, ["a"], {"a": "b"}, "", "  ", "　"]


def test_every_field_is_of_one_of_the_kinds_tested_here() -> None:
    assert set(FIELDS) == {*INSTANTS, *DAYS, *NUMBERS, *LISTS, *TEXTS}


@pytest.mark.parametrize("value", NO_TEXT, ids=repr)
@pytest.mark.parametrize("name", TEXTS)
def test_text_is_a_text(name: str, value: Any) -> None:
    assert sentence_about(file_bytes(**{name: value})) == f"{name}: {A_TEXT}"


@pytest.mark.parametrize(
    "value",
    ["a\nb", "a\0", "\ud800", "a\x1b[31m", "a\u2028b", "a\x7f", "a\x85b"],
    ids=["line end", "NUL", "half a character", "terminal", "line separator", "DEL", "C1"],
)
@pytest.mark.parametrize("name", TEXTS)
def test_text_is_one_line(name: str, value: str) -> None:
    assert sentence_about(file_bytes(**{name: value})) == f"{name}: {ONE_LINE}"


@pytest.mark.parametrize("name", TEXTS)
def test_text_has_at_most_100_characters(name: str) -> None:
    longest = "年" * 100

    assert read_campaign_file(file_bytes(**{name: longest})).terms[name] == longest
    assert sentence_about(file_bytes(**{name: longest + "年"})) == (
        f"{name}: must have at most 100 characters."
    )


def test_name_may_contain_a_wide_space_and_what_else_japanese_has() -> None:
    name = "冬　の〜キャンペーン🚄（第２回）"

    assert read_campaign_file(file_bytes(name_ja=name)).terms["name_ja"] == name


@pytest.mark.parametrize("value", [*NO_TEXT, "a b", "a\n", "a.b", "年末", "１", "a" * 41], ids=repr)
def test_code_is_an_identifier(value: Any) -> None:
    assert sentence_about(file_bytes(code=value)) == f"code: {A_CODE}"


@pytest.mark.parametrize("value", ["a", "-_9Z", "a" * 40])
def test_code_is_any_identifier(value: str) -> None:
    assert read_campaign_file(file_bytes(code=value)).code == value


@pytest.mark.parametrize(
    "value", [None, "1", 1.0, 1.5, True, False, [1], {}, 2**53, -(2**53)], ids=repr
)
@pytest.mark.parametrize("name", NUMBERS)
def test_number_is_a_whole_one(name: str, value: Any) -> None:
    assert sentence_about(file_bytes(**{name: value})) == f"{name}: {A_NUMBER}"


@pytest.mark.parametrize("text", ["1e3", "1E400", "5000.0"])
@pytest.mark.parametrize("name", NUMBERS)
def test_number_is_written_in_digits_only(name: str, text: str) -> None:
    content = file_bytes(**{name: "?"}).replace(b'"?"', text.encode())

    assert sentence_about(content) == f"{name}: {A_NUMBER}"


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_number_is_one_of_json(text: str) -> None:
    content = file_bytes(budget_points="?").replace(b'"?"', text.encode())

    assert sentence_about(content) == (
        f"The file is not JSON in UTF-8 ({text} is no number of JSON)."
    )


@pytest.mark.parametrize("name", NUMBERS)
def test_number_reaches_to_the_largest_exact_one(name: str) -> None:
    assert read_campaign_file(file_bytes(**{name: 2**53 - 1})).terms[name] == 2**53 - 1


def test_number_of_endless_digits_is_refused_in_a_sentence() -> None:
    content = file_bytes(budget_points="?").replace(b'"?"', b"9" * 5000)

    assert sentence_about(content).startswith("The file is not JSON in UTF-8 (")


@pytest.mark.parametrize(
    "value",
    [
        *NO_TEXT,
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
@pytest.mark.parametrize("name", DAYS)
def test_day_has_its_form(name: str, value: Any) -> None:
    assert sentence_about(file_bytes(**{name: value})) == f"{name}: {A_DAY}"


@pytest.mark.parametrize("value", ["2025-02-29", "2024-13-01", "2024-00-10", "2024-04-31"])
@pytest.mark.parametrize("name", DAYS)
def test_day_is_in_the_calendar(name: str, value: str) -> None:
    sentence = sentence_about(file_bytes(**{name: value}))

    assert sentence.startswith(f"{name}: ")
    assert ("day" in sentence) or ("month" in sentence)


def test_day_may_be_the_29th_of_february() -> None:
    assert read_campaign_file(file_bytes(expires_on="2024-02-29")).terms["expires_on"] == date(
        2024, 2, 29
    )


@pytest.mark.parametrize(
    "value",
    [
        *NO_TEXT,
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
        pytest.param("2024-12-10T12:60:00+09:00", id="minute 60"),
        pytest.param("2024-12-10T12:00:00+16:00", id="offset 16:00"),
        pytest.param("2024-12-10T12:00:00+09:60", id="offset minute 60"),
        pytest.param("1999-12-31T23:59:59Z", id="before 2000"),
        pytest.param("0001-01-01T00:00:00+09:00", id="year 1"),
        pytest.param("2100-01-01T00:00:00Z", id="after 2099"),
        pytest.param("2024-12-10T12:00:00+09:00\n", id="a line end after it"),
    ],
)
@pytest.mark.parametrize("name", INSTANTS)
def test_instant_has_its_form(name: str, value: Any) -> None:
    assert sentence_about(file_bytes(**{name: value})) == f"{name}: {AN_INSTANT}"


@pytest.mark.parametrize("name", INSTANTS)
def test_instant_is_on_a_day_of_the_calendar(name: str) -> None:
    sentence = sentence_about(file_bytes(**{name: "2025-02-29T00:00:00+09:00"}))

    assert sentence.startswith(f"{name}: ")
    assert "day" in sentence


@pytest.mark.parametrize(
    "text",
    ["2024-12-10T12:00:00+09:00", "2024-12-10T03:00:00Z", "2024-12-09T12:00:00-15:00"],
)
def test_instant_may_have_any_offset(text: str) -> None:
    opens_at = read_campaign_file(file_bytes(opens_at=text)).terms["opens_at"]

    assert opens_at == datetime(2024, 12, 10, 12, tzinfo=JAPAN)


@pytest.mark.parametrize(
    "value",
    [
        *[value for value in NO_TEXT if value != ["a"]],
        pytest.param("corporate", id="one kind for a list"),
        pytest.param(["corporate", 1], id="a number among them"),
        pytest.param([["corporate"]], id="a list in a list"),
        pytest.param([{"kind": "corporate"}], id="an object in a list"),
        pytest.param([None], id="a null"),
        pytest.param(["Corporate"], id="a capital letter"),
        pytest.param(["k" * 101], id="longer than its column"),
        pytest.param({"corporate": True}, id="an object of kinds"),
    ],
)
@pytest.mark.parametrize("name", LISTS)
def test_list_is_of_known_member_kinds(name: str, value: Any) -> None:
    assert sentence_about(file_bytes(**{name: value})) == f"{name}: {KINDS}"


@pytest.mark.parametrize("name", LISTS)
def test_list_is_sorted_and_may_be_empty(name: str) -> None:
    unsorted = file_bytes(**{name: ["smart_ex", "corporate", "plus_ex"]})

    assert read_campaign_file(unsorted).terms[name] == ["corporate", "plus_ex", "smart_ex"]
    assert read_campaign_file(file_bytes(**{name: []})).terms[name] == []
