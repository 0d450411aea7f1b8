"""Who takes part: by own entries, carried ones, courses of a series, or bookings alone."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from campaign.models import Terms, Total
from entries import entering, participation
from entries.entering import EnteredElsewhere
from entries.models import CourseMember, Entry
from entries.participation import Participation
from entries.standing import explain_member
from tests.database import as_owner
from tests.factories.campaign import FIRST_TERMS, CampaignFactory, TermsFactory
from tests.factories.entries import EntryFactory
from tests.guards import refused_as

pytestmark = pytest.mark.django_db
OPENS: datetime = FIRST_TERMS["opens_at"]
CLOSES: datetime = FIRST_TERMS["closes_at"]
SECOND = timedelta(seconds=1)
MONTH = timedelta(days=31)
NOBODY = Participation()


def of_series(code: str, *, course: str | None = None, months: int = 0, **more: Any) -> Terms:
    """Return the published terms of a campaign of the series, with its period so much later."""
    period = {name: FIRST_TERMS[name] + months * MONTH for name in ("opens_at", "closes_at")}
    later = {"credit_at": FIRST_TERMS["credit_at"] + months * MONTH}
    terms: Terms = TermsFactory.create(
        campaign=CampaignFactory.create(code=code),
        published=True,
        series_course=course,
        **({"series_code": "winter"} | period | later | more),
    )
    return terms


def enter(terms: Terms, member: str, at: datetime) -> None:
    EntryFactory.create(campaign=terms.campaign, wester_id=member, entered_at=at)


def participants(terms: Terms) -> dict[str, Participation]:
    """Return what the query of everybody says, by member."""
    with connection.cursor() as cursor:
        cursor.execute(*participation.compose_participants(terms))
        rows = cursor.fetchall()
    found = {
        member: Participation(takes_part=True, entered_at=at, is_elsewhere=elsewhere)
        for member, at, elsewhere in rows
    }
    assert len(found) == len(rows)
    return found


def part(at: datetime | None, *, elsewhere: bool = False) -> Participation:
    return Participation(takes_part=True, entered_at=at, is_elsewhere=elsewhere)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        pytest.param(OPENS - SECOND, NOBODY, id="before the opening"),
        pytest.param(OPENS, part(OPENS), id="as it opens"),
        pytest.param(CLOSES - SECOND, part(CLOSES - SECOND), id="in the last second"),
        pytest.param(CLOSES, NOBODY, id="as it closes"),
    ],
)
def test_an_entry_of_the_campaign_itself(at: datetime, expected: Participation) -> None:
    for terms in (
        TermsFactory.create(published=True),
        of_series("alone", course="red"),
    ):
        enter(terms, "W1", at)
        assert participation.find_participation(terms, "W1") == expected
        assert participants(terms).get("W1", NOBODY) == expected
        assert participation.find_participation(terms, "W2") == NOBODY


@pytest.mark.parametrize(
    ("bookings", "expected"), [(0, NOBODY), (1, part(None))], ids=["none counts", "one counts"]
)
@pytest.mark.parametrize("entered", [False, True], ids=["no entry", "an entry all the same"])
def test_bookings_alone_where_no_entry_is_needed(
    bookings: int, expected: Participation, entered: bool
) -> None:
    terms = TermsFactory.create(published=True, entry_needed=False)
    Total.objects.create(
        campaign=terms.campaign,
        wester_id="W1",
        total_yen=5_000 * bookings,
        bookings=bookings,
        awaiting_yen=9_000,
    )
    if entered:
        enter(terms, "W1", OPENS)

    assert participation.find_participation(terms, "W1") == expected
    assert participants(terms).get("W1", NOBODY) == expected


@pytest.mark.parametrize(
    ("carried", "course", "at", "expected"),
    [
        pytest.param(True, None, OPENS, part(OPENS), id="before this one opens"),
        pytest.param(True, None, OPENS - SECOND, NOBODY, id="before the other opens"),
        pytest.param(False, None, OPENS, NOBODY, id="not carried"),
        pytest.param(True, "red", OPENS, NOBODY, id="no course against a course"),
    ],
)
def test_an_entry_to_another_campaign_of_the_series(
    carried: bool, course: str | None, at: datetime, expected: Participation
) -> None:
    first = of_series("first")
    second = of_series("second", months=2, series_carried=carried, course=course)
    enter(first, "W1", at)

    assert participation.find_participation(second, "W1") == expected
    assert participants(second).get("W1", NOBODY) == expected


@pytest.mark.parametrize(
    ("after_close", "expected"),
    [(-SECOND, part(CLOSES - SECOND)), (timedelta(0), NOBODY)],
    ids=["before this one closes", "as it closes"],
)
def test_an_entry_is_carried_until_this_one_closes(
    after_close: timedelta, expected: Participation
) -> None:
    later = of_series("later", months=1, opens_at=OPENS)
    first = of_series("first", series_carried=True)
    enter(later, "W1", CLOSES + after_close)

    assert participation.find_participation(first, "W1") == expected


def test_the_earliest_of_own_and_carried_entries_counts() -> None:
    first = of_series("first")
    second = of_series("second", series_carried=True)
    enter(first, "W1", OPENS + SECOND)
    enter(second, "W1", OPENS)
    enter(first, "W2", OPENS)
    enter(second, "W2", OPENS + SECOND)

    assert participants(second) == {"W1": part(OPENS), "W2": part(OPENS)}


def test_another_series_and_a_draft_carry_nothing() -> None:
    second = of_series("second", series_carried=True)
    enter(of_series("other", series_code="summer"), "W1", OPENS)
    draft = TermsFactory.create(series_code="winter")
    enter(draft, "W2", OPENS)

    assert participants(second) == {}
    assert participation.find_course("winter", "W2") is None


@pytest.mark.parametrize(
    ("red_at", "blue_at", "course"),
    [
        pytest.param(OPENS, OPENS + SECOND, "red", id="red earlier"),
        pytest.param(OPENS + SECOND, OPENS, "blue", id="blue earlier"),
        pytest.param(OPENS, OPENS, "blue", id="at once: the smaller code as bytes"),
    ],
)
def test_the_earliest_entry_decides_the_course(
    red_at: datetime, blue_at: datetime, course: str
) -> None:
    red, blue = of_series("a", course="red"), of_series("B", course="blue")
    plain = of_series("plain")
    enter(red, "W1", red_at)
    enter(blue, "W1", blue_at)
    enter(plain, "W1", OPENS - SECOND)
    enter(of_series("nothing"), "W1", OPENS)

    assert participation.find_course("winter", "W1") == course
    assert participants(red) == {"W1": part(red_at, elsewhere=course != "red")}
    assert participants(blue) == {"W1": part(blue_at, elsewhere=course != "blue")}
    reasons = explain_member(campaign=red.campaign, wester_id="W1").member_reasons
    assert ("entered_elsewhere" in reasons) is (course != "red")
    assert "not_entered" not in reasons


def test_a_frozen_list_decides_for_good_until_it_is_void() -> None:
    red, blue = of_series("a", course="red"), of_series("B", course="blue")
    enter(red, "W1", OPENS + SECOND)
    query, values = participation.compose_participants(red)
    participation.fix_courses(red, query, values)
    enter(blue, "W1", OPENS)

    assert participation.find_course("winter", "W1") == "red"
    assert participants(red) == {"W1": part(OPENS + SECOND)}
    assert participants(blue) == {"W1": part(OPENS, elsewhere=True)}

    participation.release_courses(red.campaign)
    assert participants(red) == {"W1": part(OPENS + SECOND, elsewhere=True)}
    assert participants(blue) == {"W1": part(OPENS)}


def test_a_campaign_without_a_course_fixes_nobody() -> None:
    plain = of_series("plain")
    enter(plain, "W1", OPENS)

    participation.fix_courses(plain, *participation.compose_participants(plain))

    assert not CourseMember.objects.exists()


def test_a_member_is_fixed_once_by_a_list() -> None:
    red, more_red = of_series("a", course="red"), of_series("b", course="red")
    member = {"wester_id": "W1", "series_code": "winter", "course": "red"}
    CourseMember.objects.create(campaign=red.campaign, **member)

    with refused_as("coursemember_once"):
        CourseMember.objects.create(campaign=red.campaign, **member)

    CourseMember.objects.create(campaign=more_red.campaign, **member)


def test_the_page_refuses_another_course() -> None:
    red, blue = of_series("a", course="red"), of_series("B", course="blue")
    enter(red, "W1", OPENS)

    with pytest.raises(EnteredElsewhere, match="別のコース"):
        entering.enter_campaign(period=blue, wester_id="W1", entered_at=OPENS + SECOND)

    assert not Entry.objects.filter(campaign=blue.campaign).exists()
    entering.enter_campaign(period=red, wester_id="W1", entered_at=OPENS + SECOND)
    entering.enter_campaign(period=blue, wester_id="W2", entered_at=OPENS + SECOND)


def test_all_campaigns_of_a_series_are_locked_in_their_order() -> None:
    later, first = of_series("b", course="red"), of_series("a")
    TermsFactory.create(published=True)

    participation.lock_series(first)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND classid = 4"
            " AND pid = pg_backend_pid() AND mode = 'ExclusiveLock' ORDER BY objid"
        )
        assert [key for (key,) in cursor.fetchall()] == sorted(
            (later.campaign_id, first.campaign_id)
        )


class Made(NamedTuple):
    """An entry: member, which campaign, seconds after the opening."""

    member: int
    campaign: int
    second: int


CAMPAIGNS = [("c", "red", False), ("a", "red", True), ("B", "blue", True), ("n", None, True)]
MADE = st.lists(
    st.builds(Made, st.integers(0, 2), st.integers(0, 3), st.integers(-1, 3)),
    max_size=12,
    unique_by=lambda made: made[:2],
)


def judge(made: Iterable[Made], fixed: set[int], campaign: int, member: int) -> Participation:
    """Say from the specification, in plain Python, what a member's part is."""
    accepted = [one for one in made if one.member == member and one.second >= 0]
    by_course = sorted(
        (one.second, CAMPAIGNS[one.campaign][0].encode(), CAMPAIGNS[one.campaign][1])
        for one in accepted
        if CAMPAIGNS[one.campaign][1]
    )
    course = "red" if member in fixed else by_course[0][2] if by_course else None
    _code, own_course, carried = CAMPAIGNS[campaign]
    mine = [
        one.second
        for one in accepted
        if one.campaign == campaign or (carried and CAMPAIGNS[one.campaign][1] == own_course)
    ]
    if not mine:
        return NOBODY
    elsewhere = own_course is not None and course != own_course
    return part(OPENS + min(mine) * SECOND, elsewhere=elsewhere)


@given(made=MADE, fixed=st.sets(st.integers(0, 2)))
def test_any_entries_agree_with_the_rules_in_plain_python(
    made: list[Made], fixed: set[int]
) -> None:
    terms = [
        Terms.objects.filter(campaign__code=code).first()
        or of_series(code, course=course, series_carried=carried)
        for code, course, carried in CAMPAIGNS
    ]
    with as_owner():
        Entry.objects.all().delete()
    CourseMember.objects.all().delete()
    for one in made:
        enter(terms[one.campaign], f"W{one.member}", OPENS + one.second * SECOND)
    for member in fixed:
        CourseMember.objects.create(
            campaign=terms[0].campaign,
            wester_id=f"W{member}",
            series_code="winter",
            course="red",
        )

    for campaign, member in ((c, m) for c in range(4) for m in range(3)):
        expected = judge(made, fixed, campaign, member)
        assert participation.find_participation(terms[campaign], f"W{member}") == expected
        assert participants(terms[campaign]).get(f"W{member}", NOBODY) == expected
