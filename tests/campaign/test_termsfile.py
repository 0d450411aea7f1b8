"""What a campaign file must be as a whole: its keys at every level, and the columns it becomes."""

import json
from datetime import date, datetime
from pathlib import Path

import pytest

from campaign.plan import Fixed, Lots, Plan, Pool, Prize, Spent, Take, When
from campaign.refusals import BrokenCampaignFile
from campaign.termsfile import (
    PRIZE_COLUMNS,
    TERMS_COLUMNS,
    read_campaign_file,
    read_campaign_file_at,
    write_campaign_file,
)
from tests.campaign.files import (
    as_bytes,
    changed,
    full_values,
    objects,
    places,
    value_at,
    without,
)
from tests.campaign.refused import sentence_about
from tests.factories.campaign import FIRST_FILE, JAPAN, file_bytes

FULL = full_values()
# Their keys are names of others: each may be missing.
OPEN_OBJECTS = ("bookings.payment_methods",)
TAKES = tuple(f"prizes[{number}].take" for number in range(3))
KEYS = [place for place in places(FULL) if not place.startswith((*OPEN_OBJECTS, *TAKES))] + [
    "bookings.payment_methods",
    *TAKES,
]
OBJECTS = [place for place in objects(FULL) if place not in OPEN_OBJECTS]


def test_shipped_file_has_the_written_terms() -> None:
    file = read_campaign_file(FIRST_FILE.read_bytes())

    assert file.code == "012025121203"
    texts = file.terms.pop("texts")
    basis = file.terms.pop("expected_sales_basis")
    assert (texts["rail_points_name"]["ja"], basis != "") == ("鉄道ポイント利用商品", True)
    assert file.terms == {
        "series_code": None,
        "series_course": None,
        "series_carried": False,
        "name_ja": "年末年始！1億ポイントどどんとバックキャンペーン",
        "name_en": "Year-end and New Year 100 Million Points Back Campaign",
        "public_at": datetime(2024, 12, 10, 12, tzinfo=JAPAN),
        "opens_at": datetime(2024, 12, 10, 12, tzinfo=JAPAN),
        "closes_at": datetime(2025, 1, 14, tzinfo=JAPAN),
        "entry_needed": True,
        "credit_at": datetime(2025, 2, 15, 10, tzinfo=JAPAN),
        "expires_on": date(2026, 3, 31),
        "kept_until": date(2027, 3, 31),
        "time_zone": "Asia/Tokyo",
        "touches": [
            {"services": ["e5489", "ex_yoyaku", "smart_ex"], "operator": "JR West", "lines": None}
        ],
        "travel": [{"first": "2024-12-26", "last": "2025-01-06"}],
        "booked_from": None,
        "booked_until": None,
        "products_excluded": ["fare_only", "rail_points"],
        "channels_excluded": ["agency", "counter"],
        "payment_methods": {"e5489": ["registered_card"]},
        "kinds_excluded": ["corporate", "smart_ex_overseas"],
        "kinds_registered": ["jq_card_express", "jr_central_express_card", "smart_ex"],
        "kinds_free": ["j_west_card_express"],
        "phone_changes_excluded": True,
        "stopovers_excluded": True,
        "minimum_total_yen": 5_000,
        "lots_yen": None,
        "lots_most": 1,
        "lots_times": [],
        "budget_points": 100_000_000,
        "edge": "stop",
        "expected_sales_yen": 20_000_000_000,
    }
    assert file.plan == Plan(
        minimum_total_yen=5_000,
        lots=Lots(),
        prizes=(Prize(1, "1", Take("all"), Spent(100, 20_000)),),
        budget_points=100_000_000,
        edge="stop",
    )


def test_file_with_everything_becomes_columns_and_a_plan() -> None:
    file = read_campaign_file(as_bytes(FULL))

    assert set(file.terms) == set(TERMS_COLUMNS)
    assert [tuple(prize) for prize in file.prizes] == [PRIZE_COLUMNS] * 3
    assert file.terms["series_course"] == "north"
    assert file.terms["booked_until"] == datetime(2024, 12, 20, tzinfo=JAPAN)
    assert file.prizes[1] == {
        "number": 2,
        "code": "b",
        "name_ja": "賞",
        "name_en": "prize",
        "take": "one_in",
        "take_count": 2,
        "minimum_total_yen": 6_000,
        "beside": False,
        "kind": "fixed",
        "percent": None,
        "cap": None,
        "cap_if": [],
        "points": 300,
    }
    smart_ex = When(frozenset({"smart_ex"}), 600)
    assert file.plan == Plan(
        minimum_total_yen=5_000,
        lots=Lots(5_000, 20, (When(frozenset({"ticketless"}), 2),)),
        prizes=(
            Prize(1, "a", Take("winners", 10), Spent(10, 500, (smart_ex,))),
            Prize(2, "b", Take("one_in", 2), Fixed(300), 6_000),
            Prize(3, "c", Take("all"), Pool(1_000, 50), beside=True),
        ),
        budget_points=100_000_000,
        edge="stop",
    )


@pytest.mark.parametrize(
    "content", [FIRST_FILE.read_bytes(), as_bytes(FULL)], ids=["first", "full"]
)
def test_write_gives_the_file_that_was_read(content: bytes) -> None:
    written = write_campaign_file(read_campaign_file(content))

    assert json.dumps(written) == json.dumps(json.loads(content))


@pytest.mark.parametrize("place", KEYS)
def test_missing_key_is_named_with_what_is_required(place: str) -> None:
    sentence = sentence_about(as_bytes(without(place)))

    owner, _dot, key = place.rpartition(".")
    required = [*value_at(FULL, owner)] if owner else [*FULL]
    if key == "kind":
        assert sentence == f"{place}: missing; allowed are: spent, fixed, pool."
    else:
        assert sentence.startswith(f"{place}: missing; required here: {', '.join(required)}")


@pytest.mark.parametrize("place", OBJECTS)
def test_unknown_key_is_named_with_what_is_allowed(place: str) -> None:
    unknown = f"{place}.colour" if place else "colour"

    sentence = sentence_about(as_bytes(changed(unknown, 1)))

    allowed = "winners, one_in, all" if place in TAKES else ", ".join(value_at(FULL, place))
    one_of = " is one of" if place in TAKES else ""
    assert sentence.startswith(f"{unknown}: no such field; allowed here{one_of}: {allowed}")


@pytest.mark.parametrize("place", [*OBJECTS, *OPEN_OBJECTS])
def test_key_given_twice_is_named_with_its_place(place: str) -> None:
    key = next(iter(value_at(FULL, place)))
    twice = changed(f"{place}.TWICE" if place else "TWICE", 1)

    sentence = sentence_about(as_bytes(twice).replace(b"TWICE", key.encode()))

    assert sentence == f"{place}.{key}: given twice; leave one.".removeprefix(".")


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("budget", "budget"),
        ("Budget_points", "Budget_points"),
        ("予算", "予算"),
        ("", "''"),
        ("a\nb", r"'a\nb'"),
        ("\x1b[31m", r"'\x1b[31m'"),
        ("\ud800", r"'\ud800'"),
        ("k" * 1000, "'" + "k" * 39),
    ],
    ids=["near", "case", "Japanese", "empty", "line end", "terminal", "half a character", "long"],
)
def test_unknown_key_is_shown_on_one_short_line(key: str, shown: str) -> None:
    assert sentence_about(file_bytes(**{key: 1})).startswith(f"{shown}: no such field; ")


def test_file_of_the_first_version_is_shown_the_way() -> None:
    flat = {"code": "a", "name_ja": "冬", "travel_first": "2024-12-26", "policy": "stop"}

    sentence = sentence_about(as_bytes(flat))

    assert sentence.startswith(
        "This file is of the first version, whose place campaign/2 has taken:"
    )
    for way_out in ("bookings.travel", "bookings.touches", "cap of a prize", "edge", "example."):
        assert way_out in sentence


def test_file_without_a_schema_is_told_so() -> None:
    assert sentence_about(as_bytes(without("schema"))).startswith(
        "schema: missing; required here: "
    )


@pytest.mark.parametrize("content", [b"[]", b"null", b'"text"', b"1", b"[{}]"])
def test_file_is_one_object(content: bytes) -> None:
    assert sentence_about(content) == "The file must hold one JSON object."


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut off"),
        pytest.param(file_bytes()[:-1], id="cut off at the end"),
        pytest.param(file_bytes() + b"{}", id="two objects"),
        pytest.param(b"{'code': 1}", id="single quotes"),
        pytest.param(b'{"code": 1,}', id="a comma too many"),
        pytest.param(file_bytes(code="?").replace(b"?", "年".encode("cp932")), id="cp932"),
        pytest.param(file_bytes().decode().encode("utf-16"), id="UTF-16"),
        pytest.param(b"[" * 200_000, id="nested without end"),
        pytest.param(b'{"a":' * 200_000, id="objects nested without end"),
        pytest.param(b'"' + b'\\"[' * 200_000, id="a string without end"),
        pytest.param(b"\0", id="NUL"),
        pytest.param(b"NaN", id="NaN"),
        pytest.param(file_bytes(budget_points="?").replace(b'"?"', b"NaN"), id="NaN inside"),
        pytest.param(
            file_bytes(budget_points="?").replace(b'"?"', b"9" * 5000), id="endless digits"
        ),
        pytest.param(file_bytes() + b" " * 1_000_000, id="too long"),
    ],
)
def test_file_is_json_in_utf_8(content: bytes) -> None:
    assert sentence_about(content).startswith("The file is not JSON in UTF-8 (")


def test_file_may_begin_with_a_byte_order_mark() -> None:
    content = FIRST_FILE.read_bytes()

    assert read_campaign_file(b"\xef\xbb\xbf" + content) == read_campaign_file(content)


def test_file_may_have_many_prizes_and_brackets_in_its_texts() -> None:
    prizes = [{**FULL["prizes"][0], "code": str(number)} for number in range(16)]
    values = changed("texts.notes", [{"ja": "[" * 5_000, "en": "{" * 5_000}])

    assert len(read_campaign_file(as_bytes({**values, "prizes": prizes})).prizes) == 16


@pytest.mark.parametrize(
    ("name", "reason"),
    [("nowhere.json", "No such file or directory"), (".", "Is a directory")],
)
def test_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(BrokenCampaignFile) as refusal:
        read_campaign_file_at(tmp_path / name)

    assert str(refusal.value) == f"{tmp_path / name}: {reason}."
