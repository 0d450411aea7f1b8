"""What a campaign file must be as a whole."""

import json
from datetime import date, datetime
from pathlib import Path

import pytest

from campaign.refusals import BrokenCampaignFile
from campaign.termsfile import FIELDS, read_campaign_file, read_campaign_file_at
from tests.campaign.refused import sentence_about
from tests.factories.campaign import FIRST_FILE, JAPAN, file_bytes, file_values


def test_shipped_file_has_the_written_terms() -> None:
    file = read_campaign_file(FIRST_FILE.read_bytes())

    assert file.code == "012025121203"
    assert file.terms == {
        "name_ja": "年末年始！1億ポイントどどんとバックキャンペーン",
        "name_en": "Year-end and New Year 100 Million Points Back Campaign",
        "public_at": datetime(2024, 12, 10, 12, tzinfo=JAPAN),
        "opens_at": datetime(2024, 12, 10, 12, tzinfo=JAPAN),
        "closes_at": datetime(2025, 1, 14, tzinfo=JAPAN),
        "travel_first": date(2024, 12, 26),
        "travel_last": date(2025, 1, 6),
        "minimum_total_yen": 5_000,
        "reward_cap_points": 20_000,
        "budget_points": 100_000_000,
        "policy": "stop",
        "credit_at": datetime(2025, 2, 15, 10, tzinfo=JAPAN),
        "expires_on": date(2026, 3, 31),
        "time_zone": "Asia/Tokyo",
        "operator": "JR West",
        "kinds_excluded": ["corporate", "smart_ex_overseas"],
        "kinds_registered": ["jq_card_express", "jr_central_express_card", "smart_ex"],
        "kinds_free": ["j_west_card_express"],
        "expected_sales_yen": 20_000_000_000,
    }


@pytest.mark.parametrize("name", ["code", *FIELDS])
def test_missing_field_is_named(name: str) -> None:
    values = file_values()
    del values[name]

    assert sentence_about(json.dumps(values).encode()) == f"{name}: missing."


@pytest.mark.parametrize("name", ["code", *FIELDS])
def test_field_given_twice_is_named(name: str) -> None:
    content = file_bytes().replace(b"{", b'{"%s": 1, ' % name.encode(), 1)

    assert sentence_about(content) == f"{name}: given twice."


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
def test_unknown_field_is_named(key: str, shown: str) -> None:
    assert sentence_about(file_bytes(**{key: 1})) == f"{shown}: no such field."


@pytest.mark.parametrize(
    "content",
    [b"[]", b"null", b'"text"', b"1", b"[{}]"],
)
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
        pytest.param(file_bytes(name_ja="?").replace(b"?", "年".encode("cp932")), id="cp932"),
        pytest.param(file_bytes().decode().encode("utf-16"), id="UTF-16"),
        pytest.param(b"[" * 200_000, id="nested without end"),
        pytest.param(b'{"a":' * 200_000, id="objects nested without end"),
        pytest.param(b"\0", id="NUL"),
        pytest.param(b"NaN", id="NaN"),
        pytest.param(file_bytes() + b" " * 1_000_000, id="too long"),
    ],
)
def test_file_is_json_in_utf_8(content: bytes) -> None:
    assert sentence_about(content).startswith("The file is not JSON in UTF-8 (")


def test_file_may_begin_with_a_byte_order_mark() -> None:
    content = FIRST_FILE.read_bytes()

    assert read_campaign_file(b"\xef\xbb\xbf" + content) == read_campaign_file(content)


@pytest.mark.parametrize(
    ("name", "reason"),
    [("nowhere.json", "No such file or directory"), (".", "Is a directory")],
)
def test_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(BrokenCampaignFile) as refusal:
        read_campaign_file_at(tmp_path / name)

    assert str(refusal.value) == f"{tmp_path / name}: {reason}."
