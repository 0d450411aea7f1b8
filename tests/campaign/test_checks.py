"""What the check of a campaign file refuses, what it warns of, and the neighbours it accepts."""

from collections.abc import Sequence
from typing import Any

import pytest

from campaign.checks import (
    KIND_LISTS,
    OtherCampaign,
    RuleSentences,
    Surroundings,
    check_file,
    check_rule_sentences,
)
from campaign.file_form import TRANSLATED
from campaign.findings import Finding, refusing
from campaign.termsfile import read_campaign_file
from tests.campaign.files import FIXED, as_bytes, changed, prize
from tests.factories.campaign import file_values

LINES = {
    "のぞみ": {"JR Central", "JR West"},
    "サンダーバード": {"JR West"},
    "東海道新幹線": {"JR Central"},
}
Changes = Sequence[tuple[str, Any]]


def findings_of(changes: Changes, others: Sequence[OtherCampaign] = ()) -> list[Finding]:
    """Return what is found in the first campaign's file with these values changed."""
    values = file_values()
    for place, value in changes:
        values = changed(place, value, values)
    return check_file(read_campaign_file(as_bytes(values)), Surroundings(LINES, others))


def found(changes: Changes) -> list[tuple[str, str, bool]]:
    """Return code, field and weight of each finding."""
    return [(one.code, one.field, one.refuses) for one in findings_of(changes)]


def test_first_campaign_is_sound() -> None:
    assert found([]) == []


OUT_OF_ORDER = "periods_out_of_order"
SPENT_CAPS = "prizes[0].reward.cap_if"
TRAVEL = "bookings.travel"
BOOKED = "bookings.booked"
# What is refused: its field, and a neighbour in which nothing is found.
Row = tuple[str, Changes, str, str, Changes]
REFUSED: list[Row] = [
    (
        "public after entry opens",
        [("public_at", "2024-12-10T12:00:01+09:00")],
        OUT_OF_ORDER,
        "public_at",
        [("public_at", "2024-12-10T11:59:59+09:00")],
    ),
    (
        "entry closes as it opens",
        [("closes_at", "2024-12-10T12:00:00+09:00")],
        OUT_OF_ORDER,
        "closes_at",
        [("closes_at", "2024-12-10T12:00:01+09:00")],
    ),
    (
        "credited before entry closes",
        [("closes_at", "2025-02-15T10:00:01+09:00")],
        OUT_OF_ORDER,
        "credit_at",
        [("closes_at", "2025-02-15T10:00:00+09:00")],
    ),
    (
        "expired before the day of crediting",
        [("expires_on", "2025-02-14")],
        OUT_OF_ORDER,
        "expires_on",
        [("expires_on", "2025-02-15")],
    ),
    (
        "expired before the day of crediting in Japan",
        [("expires_on", "2025-02-15"), ("credit_at", "2025-02-15T15:00:00Z")],
        OUT_OF_ORDER,
        "expires_on",
        [("expires_on", "2025-02-15"), ("credit_at", "2025-02-15T14:59:59Z")],
    ),
    (
        "kept until a day before the expiry",
        [("kept_until", "2026-03-30")],
        OUT_OF_ORDER,
        "kept_until",
        [("kept_until", "2026-03-31")],
    ),
    (
        "a travel period that ends before it begins",
        [(TRAVEL, [{"first": "2024-12-27", "last": "2024-12-26"}])],
        OUT_OF_ORDER,
        f"{TRAVEL}[0]",
        [(TRAVEL, [{"first": "2024-12-27", "last": "2024-12-27"}])],
    ),
    (
        "travel periods that share a day",
        [
            (
                TRAVEL,
                [
                    {"first": "2024-12-26", "last": "2024-12-28"},
                    {"first": "2024-12-28", "last": "2025-01-06"},
                ],
            )
        ],
        OUT_OF_ORDER,
        f"{TRAVEL}[1]",
        [
            (
                TRAVEL,
                [
                    {"first": "2024-12-26", "last": "2024-12-28"},
                    {"first": "2024-12-29", "last": "2025-01-06"},
                ],
            )
        ],
    ),
    (
        "the later travel period first",
        [
            (
                TRAVEL,
                [
                    {"first": "2025-01-03", "last": "2025-01-06"},
                    {"first": "2024-12-26", "last": "2024-12-28"},
                ],
            )
        ],
        OUT_OF_ORDER,
        f"{TRAVEL}[1]",
        [],
    ),
    (
        "credited on the last travel day",
        [(TRAVEL, [{"first": "2024-12-26", "last": "2025-02-15"}])],
        OUT_OF_ORDER,
        "credit_at",
        [(TRAVEL, [{"first": "2024-12-26", "last": "2025-02-14"}])],
    ),
    (
        "booking ends as it begins",
        [(BOOKED, {"from": "2024-12-01T00:00:00+09:00", "until": "2024-12-01T00:00:00+09:00"})],
        OUT_OF_ORDER,
        f"{BOOKED}.until",
        [(BOOKED, {"from": "2024-12-01T00:00:00+09:00", "until": "2024-12-01T00:00:01+09:00"})],
    ),
    (
        "credited before booking ends",
        [(BOOKED, {"from": "2024-12-01T00:00:00+09:00", "until": "2025-02-15T10:00:01+09:00"})],
        OUT_OF_ORDER,
        "credit_at",
        [(BOOKED, {"from": "2024-12-01T00:00:00+09:00", "until": "2025-02-15T10:00:00+09:00"})],
    ),
    *[
        (
            f"a kind of {first} in {second} too",
            [(f"bookings.{first}", ["plus_ex"]), (f"bookings.{second}", ["plus_ex"])],
            "kind_on_two_lists",
            f"bookings.{second}",
            [(f"bookings.{first}", ["plus_ex"]), (f"bookings.{second}", ["view_express_card"])],
        )
        for first, second in [KIND_LISTS[:2], KIND_LISTS[1:], KIND_LISTS[::2]]
    ],
    (
        "an unknown service",
        [("bookings.touches[0].services", ["e5489", "e5488"])],
        "unknown_service",
        "bookings.touches[0].services",
        [("bookings.touches[0].services", ["e5489"])],
    ),
    (
        "payment with an unknown service",
        [("bookings.payment_methods", {"e5488": ["bank"]})],
        "unknown_service",
        "bookings.payment_methods",
        [("bookings.payment_methods", {"smart_ex": ["bank"]})],
    ),
    (
        "an unknown payment method",
        [("bookings.payment_methods", {"e5489": ["cash"]})],
        "unknown_payment_method",
        "bookings.payment_methods.e5489",
        [("bookings.payment_methods", {"e5489": ["station"]})],
    ),
    (
        "an unknown product",
        [("bookings.products_excluded", ["gold"])],
        "unknown_product",
        "bookings.products_excluded",
        [("bookings.products_excluded", ["discount", "standard"])],
    ),
    (
        "an unknown channel",
        [("bookings.channels_excluded", ["kiosk"])],
        "unknown_channel",
        "bookings.channels_excluded",
        [("bookings.channels_excluded", ["app", "web"])],
    ),
    *[
        (
            f"an unknown kind in {name}",
            [(f"bookings.{name}", ["Corporate"])],
            "unknown_kind",
            f"bookings.{name}",
            [(f"bookings.{name}", [])],
        )
        for name in KIND_LISTS
    ],
    (
        "an unknown operator",
        [("bookings.touches[0].operator", "JR Wset")],
        "unknown_operator",
        "bookings.touches[0].operator",
        [("bookings.touches[0].operator", "JR Central")],
    ),
    (
        "an unknown line",
        [("bookings.touches[0].lines", ["のぞみ", "のぞむ"])],
        "unknown_line",
        "bookings.touches[0].lines",
        [("bookings.touches[0].lines", ["のぞみ", "サンダーバード"])],
    ),
    (
        "lots by an unknown fact",
        [("lots.times", [{"when": ["gold"], "times": 2}])],
        "impossible_fact",
        "lots.times[0].when",
        [("lots.times", [{"when": ["ticketless"], "times": 2}])],
    ),
    (
        "a cap by a service that does not count here",
        [
            ("bookings.touches[0].services", ["e5489"]),
            (SPENT_CAPS, [{"when": ["e5489", "smart_ex"], "cap": 1}]),
        ],
        "impossible_fact",
        f"{SPENT_CAPS}[0].when",
        [(SPENT_CAPS, [{"when": ["e5489", "smart_ex"], "cap": 1}])],
    ),
    (
        "no entry for a course",
        [("entry_needed", False), ("series", {"code": "s", "course": "a", "carried": False})],
        "entry_for_a_course",
        "entry_needed",
        [("entry_needed", False), ("series", {"code": "s", "course": None, "carried": False})],
    ),
    (
        "no entry to carry",
        [("entry_needed", False), ("series", {"code": "s", "course": None, "carried": True})],
        "entry_to_carry",
        "entry_needed",
        [("entry_needed", True), ("series", {"code": "s", "course": "a", "carried": True})],
    ),
    (
        "a prize's minimum below the campaign's",
        [("prizes[0].minimum_total_yen", 4_999)],
        "minimum_below_campaign",
        "prizes[0].minimum_total_yen",
        [("prizes[0].minimum_total_yen", 5_000)],
    ),
    (
        "nothing of what was spent",
        [("minimum_total_yen", 99), ("prizes[0].reward.percent", 1)],
        "reward_of_nothing",
        "prizes[0].reward.percent",
        [("minimum_total_yen", 100), ("prizes[0].reward.percent", 1)],
    ),
    (
        "nothing of what was spent for the prize",
        [
            ("minimum_total_yen", 1),
            ("prizes[0].reward.percent", 3),
            ("prizes[0].minimum_total_yen", 33),
        ],
        "reward_of_nothing",
        "prizes[0].reward.percent",
        [
            ("minimum_total_yen", 1),
            ("prizes[0].reward.percent", 3),
            ("prizes[0].minimum_total_yen", 34),
        ],
    ),
    (
        "a pool above the budget",
        [("prizes[0].reward", {"kind": "pool", "points": 100_000_001, "cap": 1_000})],
        "pool_above_budget",
        "prizes[0].reward.points",
        [("prizes[0].reward", {"kind": "pool", "points": 100_000_000, "cap": 1_000})],
    ),
    (
        "a drawing that does not ship",
        [("texts.drawing", "daruma")],
        "unknown_drawing",
        "texts.drawing",
        [("texts.drawing", "plain")],
    ),
    *[
        (
            f"{place} missing in {language}",
            [(f"{place}.{language}", empty)],
            "text_missing",
            f"{place}.{language}",
            [(f"{place}.{language}", "a")],
        )
        for place in [
            "name",
            "prizes[0].name",
            "texts.notes[0]",
            *[f"texts.{name}" for name in TRANSLATED if name != "slogan"],
        ]
        for language, empty in [("ja", ""), ("en", "　\u00a0 ")]
    ],
    (
        "no telephone",
        [("texts.contact_telephone", " ")],
        "text_missing",
        "texts.contact_telephone",
        [],
    ),
    (
        "no basis of the sales",
        [("expected_sales_basis", "\n")],
        "text_missing",
        "expected_sales_basis",
        [],
    ),
    (
        "a prize beyond the law",
        [("prizes[0].reward.cap", 100_001)],
        "prize_too_large",
        "prizes[0].reward.cap",
        [("prizes[0].reward.cap", 100_000)],
    ),
    (
        "prizes beyond the law",
        [("expected_sales_yen", 4_999_999_999)],
        "prizes_above_share_of_sales",
        "budget_points",
        [("expected_sales_yen", 5_000_000_000)],
    ),
]


@pytest.mark.parametrize(
    ("changes", "code", "field", "neighbour"),
    [row[1:] for row in REFUSED],
    ids=[row[0] for row in REFUSED],
)
def test_check_refuses(changes: Changes, code: str, field: str, neighbour: Changes) -> None:
    assert (code, field, True) in found(changes)
    assert found(neighbour) == []


@pytest.mark.parametrize(
    "changes",
    [row[1] for row in REFUSED],
    ids=[row[0] for row in REFUSED],
)
def test_check_finds_one_thing_wrong_at_a_time(changes: Changes) -> None:
    """Other findings of these files follow from the one: what is unknown gives no fact either."""
    findings = findings_of(changes)

    assert len({finding.code for finding in findings}) == 1
    for finding in findings:
        assert finding.sentence.endswith(".")
        assert finding.message == f"{finding.field}: {finding.sentence}"
    assert refusing(findings) == findings


def test_slogan_may_be_empty() -> None:
    assert found([("texts.slogan", {"ja": "", "en": ""})]) == []


WINNERS = {"winners": 10}
TEN_PRIZES: Changes = [
    ("prizes", [prize("a", FIXED, take=WINNERS), prize("b", {"kind": "fixed", "points": 1})]),
]
E5489, TICKETLESS = ["e5489"], ["ticketless"]
BOTH = ["e5489", "ticketless"]
HIDDEN = "hidden_when"


def times(*whens: list[str]) -> Changes:
    """Return lots that are multiplied for members with some facts."""
    return [("lots.times", [{"when": when, "times": n} for n, when in enumerate(whens, 2)])]


def caps(*whens: list[str]) -> Changes:
    """Return caps for members with some facts."""
    return [(SPENT_CAPS, [{"when": when, "cap": n} for n, when in enumerate(whens, 2)])]


WARNED: list[tuple[str, Changes, list[tuple[str, str]]]] = [
    ("winners that the budget holds", [*TEN_PRIZES, ("budget_points", 3_000)], []),
    (
        "winners above the budget",
        [*TEN_PRIZES, ("budget_points", 2_999)],
        [("budget_may_end", "budget_points")],
    ),
    ("the fewer facts after the more", times(BOTH, E5489), []),
    ("the more facts after the fewer", times(E5489, BOTH), [(HIDDEN, "lots.times[1].when")]),
    ("the same facts twice", times(E5489, E5489), [(HIDDEN, "lots.times[1].when")]),
    (
        "hidden by the first of three",
        times(E5489, TICKETLESS, BOTH),
        [(HIDDEN, "lots.times[2].when")],
    ),
    ("caps by other facts", caps(E5489, TICKETLESS), []),
    ("a cap that is hidden", caps(TICKETLESS, BOTH), [(HIDDEN, f"{SPENT_CAPS}[1].when")]),
    (
        "a line on which the operator runs nothing",
        [("bookings.touches[0].lines", ["のぞみ", "東海道新幹線"])],
        [("line_of_others", "bookings.touches[0].lines")],
    ),
    (
        "a pool without a cap",
        [("prizes[0].reward", {"kind": "pool", "points": 1_000_000, "cap": None})],
        [("pool_without_cap", "prizes[0].reward.cap")],
    ),
]


@pytest.mark.parametrize(
    ("changes", "warnings"), [row[1:] for row in WARNED], ids=[row[0] for row in WARNED]
)
def test_check_warns(changes: Changes, warnings: list[tuple[str, str]]) -> None:
    assert found(changes) == [(*warning, False) for warning in warnings]


def other(first: str, last: str) -> OtherCampaign:
    """Return another campaign of 30,000,000 points with one travel period."""
    return OtherCampaign("winter", [{"first": first, "last": last}], 30_000_000)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        pytest.param("2024-12-01", "2024-12-26", id="until the first day"),
        pytest.param("2025-01-06", "2025-01-31", id="from the last day"),
        pytest.param("2024-12-30", "2024-12-30", id="on a day between"),
        pytest.param("2024-12-01", "2025-01-31", id="all around"),
    ],
)
def test_check_warns_of_campaigns_with_travel_days_of_this_one(first: str, last: str) -> None:
    assert findings_of([], [other(first, last)]) == [
        Finding(
            "travel_overlaps",
            "bookings.travel",
            "Campaign winter has travel days of this one; with its 30,000,000 points the prizes "
            "come to 130,000,000 points, which add up for one purchase.",
            refuses=False,
        )
    ]


@pytest.mark.parametrize(
    ("first", "last"),
    [("2024-12-01", "2024-12-25"), ("2025-01-07", "2025-01-31")],
    ids=["until the day before", "from the day after"],
)
def test_check_says_nothing_of_campaigns_before_and_after(first: str, last: str) -> None:
    assert findings_of([], [other(first, last)]) == []


def test_check_names_a_rule_without_its_sentence() -> None:
    rules = [
        RuleSentences("fare_only", "bookings.products_excluded", {"ja": "対象外です。", "en": " "}),
        RuleSentences("cancelled", "bookings", {"ja": "対象外です。", "en": "Not eligible."}),
    ]

    assert list(check_rule_sentences(rules)) == [
        Finding(
            "rule_without_sentence",
            "bookings.products_excluded",
            "The rule fare_only has no sentence in this language (en).",
        )
    ]


def test_findings_come_in_the_order_of_the_file() -> None:
    changes = [
        ("texts.heading.en", ""),
        ("prizes[0].reward.cap", 100_001),
        ("closes_at", "2024-12-01T00:00:00+09:00"),
        ("bookings.kinds_free", ["smart_ex"]),
    ]

    assert [finding.message for finding in findings_of(changes)] == [
        "closes_at: Entry must open before it closes.",
        "bookings.kinds_free: smart_ex stands in kinds_registered too; a member kind has one list.",
        "texts.heading.en: The text is missing in English.",
        (
            "prizes[0].reward.cap: The largest reward, 100,001 points, is above what the prize law "
            "allows here: 100,000 yen for one prize of a lottery."
        ),
    ]
