"""The freeze lists the members whom the rules accept, in time and once, in verifiable files."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from bookings.models import Booking
from campaign import refusals as campaign_refusals
from campaign.models import Campaign
from core.models import AuditRecord
from entries import entering
from lottery import entrant_list, forecasting, freezing, keys, protocol
from lottery.beacon import QUICKNET
from lottery.chains import chain_of
from lottery.local_chain import SteerableChain
from lottery.models import Draw, Entrant
from lottery.refusals import (
    BrokenKey,
    DrawStands,
    EntryPeriodRuns,
    ListTooLarge,
    RoundNotLater,
    RoundTooSoon,
)
from tests.factories.bookings import BookingFactory
from tests.factories.campaign import FIRST_TERMS, CampaignFactory
from tests.factories.entries import EntryFactory, MembershipFactory
from tests.factories.lottery import (
    CLOSED,
    FREEZES,
    ROUND,
    closed_campaign,
    frozen_draw,
    published_draw,
    void,
)
from tests.factories.totals import TotalFactory

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
OPENED: datetime = FIRST_TERMS["opens_at"]


def frozen_members(draw: Draw) -> dict[str, tuple[int, ...]]:
    """Return total and rewards of each entrant."""
    rows = draw.entrants.values_list("wester_id", "total_yen", "rewards")
    return {member: (total, *rewards) for member, total, rewards in rows}


def test_list_has_whom_every_rule_accepts_with_capped_rewards() -> None:
    campaign = closed_campaign(
        {"at-minimum": 5_000, "below": 4_999, "at-cap": 20_000, "above-cap": 20_001, "left": 9_000}
    )
    MembershipFactory.create(wester_id="left")
    MembershipFactory.create(wester_id="at-cap", status="active")
    BookingFactory.create(wester_id="not-entered", amount_yen=9_000)
    EntryFactory.create(campaign=campaign, wester_id="no-booking")
    for member, entered_at in (("early", OPENED - SECOND), ("late", CLOSED)):
        EntryFactory.create(campaign=campaign, wester_id=member, entered_at=entered_at)
        BookingFactory.create(wester_id=member, amount_yen=9_000)
    BookingFactory.create(wester_id="at-minimum", amount_yen=9_000, cancelled=True)
    EntryFactory.create(wester_id="of-another-campaign")
    BookingFactory.create(wester_id="of-another-campaign", amount_yen=9_000)

    draw = frozen_draw(campaign=campaign)

    assert frozen_members(draw) == {
        "at-minimum": (5_000, 5_000),
        "at-cap": (20_000, 20_000),
        "above-cap": (20_001, 20_000),
    }


def test_freeze_recomputes_the_totals() -> None:
    campaign = closed_campaign({"W1": 5_000})
    frozen = frozen_draw(campaign=campaign)
    void(frozen)
    Booking.objects.filter(wester_id="W1").update(amount_yen=7_000)

    again = frozen_draw(campaign=campaign, round_time=ROUND + DAY)

    assert (frozen_members(frozen), frozen_members(again)) == (
        {"W1": (5_000, 5_000)},
        {"W1": (7_000, 7_000)},
    )


def test_every_entrant_has_a_pseudonym_and_a_commitment() -> None:
    prizes = [{"take": "winners", "take_count": 2, "minimum_total_yen": 5_020}, {"cap": 4_000}]
    draw = frozen_draw({f"W{number}": 5_000 + number for number in range(50)}, prizes=prizes)
    sealed = bytes(draw.pid_key or b""), bytes(draw.nonce_key or b"")
    names = (f"{which} {draw.campaign.code}/1" for which in ("pid", "nonce"))
    pid_key, nonce_key = (
        keys.open_key(one, name=name) for one, name in zip(sealed, names, strict=True)
    )

    keyed = protocol.keyed_hash(nonce_key)
    for entrant in draw.entrants.all():
        member, pid = entrant.wester_id.encode(), bytes(entrant.pid)
        assert pid == protocol.pid_of(protocol.keyed_hash(pid_key), member)
        nonces = protocol.split_hashes(bytes(entrant.nonces))
        assert nonces == [protocol.nonce_of(keyed, pid, prize) for prize in (1, 2)]
        parts = [
            protocol.reward_commitment(pid, prize, reward, protocol.opening_of(nonce, member))
            for prize, (reward, nonce) in enumerate(zip(entrant.rewards, nonces, strict=True), 1)
        ]
        commitment = protocol.commitment_of(pid, entrant.lots, entrant.mask, parts)
        assert bytes(entrant.commitment) == commitment
    pids = [bytes(one.pid) for one in draw.entrants.order_by("position")]
    assert pids == sorted(pids)
    manifest = json.loads(bytes(draw.manifest))
    assert manifest["pid_key_sha256"] == hashlib.sha256(pid_key).hexdigest()
    assert pid_key not in sealed[0]


def test_two_draws_have_keys_of_their_own() -> None:
    campaign = closed_campaign()
    first = frozen_draw(campaign=campaign)
    void(first)
    second = frozen_draw(campaign=campaign, round_time=ROUND + DAY)

    of_first = set(map(bytes, first.entrants.values_list("pid", flat=True)))
    assert of_first.isdisjoint(map(bytes, second.entrants.values_list("pid", flat=True)))


def test_stored_keys_decrypt_only_by_their_name_and_key(settings: Any) -> None:
    sealed = keys.seal_key(b"k" * 32, name="pid c/1")

    assert keys.open_key(sealed, name="pid c/1") == b"k" * 32
    with pytest.raises(BrokenKey, match="does not open"):
        keys.open_key(sealed, name="pid c/2")
    settings.DRAW_KEY = bytes(32)
    with pytest.raises(BrokenKey, match="does not open"):
        keys.open_key(sealed, name="pid c/1")


def test_equal_pids_make_new_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    made = [b"1" * 32, b"2" * 32, b"3" * 32, b"4" * 32]
    given = iter(made)
    monkeypatch.setattr(keys, "new_key", lambda: next(given))
    make_well, meeting = protocol.pid_maker, iter([True])

    def make_alike(pid_key: bytes) -> Any:
        return (lambda _member: bytes(16)) if next(meeting, False) else make_well(pid_key)

    monkeypatch.setattr(protocol, "pid_maker", make_alike)

    draw = frozen_draw()

    assert json.loads(bytes(draw.manifest))["pid_key_sha256"] == (
        hashlib.sha256(made[2]).hexdigest()
    )
    assert draw.entrants.values("pid").distinct().count() == 3


@pytest.mark.parametrize(
    "instant",
    [
        pytest.param(ROUND - 2 * SECOND, id="between two rounds"),
        pytest.param(ROUND - timedelta(microseconds=1), id="just before a round"),
        pytest.param(ROUND, id="at a round"),
    ],
)
def test_round_is_the_first_at_or_after_the_instant(instant: datetime) -> None:
    assert frozen_draw(round_time=instant).round_time == ROUND


def test_round_after_a_fraction_of_a_second_is_the_next_one() -> None:
    draw = frozen_draw(round_time=ROUND + timedelta(microseconds=1))

    assert draw.round_time == ROUND + 3 * SECOND


def test_manifest_names_quicknet_exactly() -> None:
    draw = freezing.freeze_draw(
        campaign=closed_campaign(), round_time=ROUND, chain="quicknet", at=FREEZES
    )

    assert chain_of(draw) == QUICKNET
    assert draw.round == QUICKNET.first_round_at(int(ROUND.timestamp()))
    assert draw.round_time.timestamp() == QUICKNET.time_of(draw.round)


def test_production_refuses_the_local_chain(settings: Any) -> None:
    settings.PRODUCTION = True

    with pytest.raises(SteerableChain, match="no local chain"):
        frozen_draw()


def refused(refusal: type[Exception], sentence: str, **options: Any) -> None:
    """Expect a freeze to be refused and to leave nothing behind."""
    before = (Draw.objects.count(), AuditRecord.objects.count())
    with pytest.raises(refusal, match=sentence):
        frozen_draw(**options)
    assert (Draw.objects.count(), AuditRecord.objects.count()) == before


def test_freeze_is_refused_before_the_entry_period_ends() -> None:
    campaign = closed_campaign()

    refused(EntryPeriodRuns, "entry period has not ended", campaign=campaign, at=CLOSED - SECOND)
    assert frozen_draw(campaign=campaign, at=CLOSED).frozen_at == CLOSED


def test_freeze_is_refused_before_the_period_of_booking_ends() -> None:
    until = CLOSED + timedelta(hours=3)
    campaign = closed_campaign(booked_from=OPENED, booked_until=until)

    refused(EntryPeriodRuns, "period of booking", campaign=campaign, at=until - SECOND)
    assert frozen_draw(campaign=campaign, at=until).frozen_at == until


def test_freeze_is_refused_before_the_last_day_of_travel_ends() -> None:
    campaign = closed_campaign(travel_last=CLOSED.date())
    midnight = CLOSED + DAY  # entry closes as this day begins in Japan

    refused(EntryPeriodRuns, "last day of travel", campaign=campaign, at=midnight - SECOND)
    assert frozen_draw(campaign=campaign, at=midnight).frozen_at == midnight


@pytest.mark.parametrize("limit", ["MAX_ENTRANTS", "MAX_LOTS_TOTAL"])
def test_list_beyond_the_limits_is_refused(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    campaign = closed_campaign()
    monkeypatch.setattr(entrant_list, limit, 2)

    refused(ListTooLarge, "at most", campaign=campaign)
    monkeypatch.setattr(entrant_list, limit, 3)
    assert frozen_draw(campaign=campaign).lots_total == 3


# Three lots of 5,000 yen at most, twice of them for who booked at e5489, as all do here.
LOTS: dict[str, Any] = {
    "lots_yen": 5_000,
    "lots_most": 3,
    "lots_times": [{"when": ["smart_ex"], "times": 9}, {"when": ["e5489"], "times": 2}],
}
PRIZES: list[dict[str, Any]] = [
    {"take": "winners", "take_count": 1, "minimum_total_yen": 10_000, "kind": "fixed", "points": 7},
    {"percent": 10, "cap": 1_500, "cap_if": [{"when": ["e5489"], "cap": 1_200}]},
    {"kind": "pool", "points": 1_000, "cap": 300},
]


def test_list_has_lots_mask_and_rewards_by_the_plan() -> None:
    totals = {"W1": 5_000, "W2": 9_999, "W3": 10_000, "W4": 15_000, "W5": 99_999, "W6": 4_999}
    draw = frozen_draw(totals, prizes=PRIZES, **LOTS)

    rows = draw.entrants.values_list("wester_id", "lots", "mask", "rewards")
    assert {member: (lots, mask, rewards) for member, lots, mask, rewards in rows} == {
        # 20 lots share the pool: 50 points a lot.
        "W1": (2, 0b110, [0, 500, 100]),
        "W2": (2, 0b110, [0, 999, 100]),
        "W3": (4, 0b111, [7, 1_000, 200]),
        "W4": (6, 0b111, [7, 1_200, 300]),
        "W5": (6, 0b111, [7, 1_200, 300]),
    }
    assert (draw.entry_count, draw.lots_total, draw.eligible) == (5, 20, [3, 5, 5])
    manifest = json.loads(bytes(draw.manifest))
    assert (manifest["entry_count"], manifest["lots_total"], manifest["eligible"]) == (
        5,
        20,
        [3, 5, 5],
    )


def test_entrant_who_may_win_no_prize_stays_on_the_list() -> None:
    draw = frozen_draw({"W1": 5_000}, prizes=[{"minimum_total_yen": 5_001}])

    assert frozen_members(draw) == {"W1": (5_000, 0)}
    assert (draw.entry_count, draw.eligible) == (1, [0])


def test_pool_of_less_than_a_point_for_a_lot_is_for_nobody() -> None:
    draw = frozen_draw({"W1": 5_000, "W2": 6_000}, prizes=[{"kind": "pool", "points": 1}])

    assert frozen_members(draw) == {"W1": (5_000, 0), "W2": (6_000, 0)}


def test_whoever_has_a_counting_booking_is_in_a_draw_that_needs_no_entry() -> None:
    campaign = closed_campaign({"entered": 5_000}, entry_needed=False)
    EntryFactory.create(campaign=campaign, wester_id="no booking")
    for member, amount in (("not entered", 6_000), ("below", 4_999), ("left", 9_000)):
        BookingFactory.create(wester_id=member, amount_yen=amount)
    BookingFactory.create(wester_id="cancelled", amount_yen=9_000, cancelled=True)
    MembershipFactory.create(wester_id="left")

    draw = frozen_draw(campaign=campaign)

    assert frozen_members(draw) == {"entered": (5_000, 5_000), "not entered": (6_000, 6_000)}


def test_freeze_fixes_the_course_of_its_entrants_until_a_void() -> None:
    """Who is on the list of one course is no entrant of another, whatever is loaded later."""
    series = {"series_code": "winter", "entry_needed": True}
    ours = closed_campaign({"W1": 5_000}, **series, series_course="A")
    theirs = CampaignFactory.create(
        published=True, first__series_code="winter", first__series_course="B"
    )
    draw = frozen_draw(campaign=ours)
    earlier = OPENED + timedelta(microseconds=1)
    EntryFactory.create(campaign=theirs, wester_id="W1", entered_at=earlier)

    elsewhere = frozen_draw(campaign=theirs)
    assert (draw.entry_count, elsewhere.entry_count) == (1, 0)
    void(draw)
    void(elsewhere)
    again = frozen_draw(campaign=theirs, round_time=ROUND + DAY)
    assert frozen_members(again) == {"W1": (5_000, 5_000)}


def test_list_of_nobody_has_no_lots() -> None:
    draw = frozen_draw({}, prizes=PRIZES)

    assert (draw.entry_count, draw.lots_total, draw.eligible) == (0, 0, [0, 0, 0])


@pytest.mark.parametrize(
    "state", [pytest.param({}, id="no terms"), pytest.param({"draft": True}, id="a draft")]
)
def test_freeze_of_an_unpublished_campaign_is_refused(state: dict[str, bool]) -> None:
    campaign = CampaignFactory.create(**state)

    refused(campaign_refusals.NotPublished, "not published", campaign=campaign)


def test_freeze_is_refused_where_no_time_is_left_to_publish() -> None:
    campaign = closed_campaign()

    refused(RoundTooSoon, "86,400 seconds", campaign=campaign, at=ROUND - DAY + SECOND)
    assert frozen_draw(campaign=campaign, at=ROUND - DAY).frozen_at == ROUND - DAY


def test_manifest_has_the_shorter_gap(settings: Any) -> None:
    settings.DRAW_MIN_GAP_S = 60

    draw = frozen_draw(at=ROUND - 60 * SECOND)

    assert json.loads(bytes(draw.manifest))["min_gap_s"] == 60
    assert draw.publish_by == draw.frozen_at


def test_second_draw_is_refused_while_one_stands() -> None:
    draw = published_draw()

    refused(DrawStands, "not void", campaign=draw.campaign, round_time=ROUND + DAY)


def test_draw_of_the_same_round_of_another_chain_is_another_draw() -> None:
    draw = published_draw()

    assert freezing.require_same_round(draw, chain="local", number=draw.round) is draw
    for chain, number in (("quicknet", draw.round), ("local", draw.round + 1)):
        with pytest.raises(DrawStands):
            freezing.require_same_round(draw, chain=chain, number=number)


def test_totals_of_another_campaign_do_not_count() -> None:
    campaign = closed_campaign({"W1": 5_000, "W2": 4_999})
    for member in ("W1", "W2", "W3"):
        TotalFactory.create(campaign=CampaignFactory.create(), wester_id=member, total_yen=9_000)
    EntryFactory.create(campaign=campaign, wester_id="W3")

    draw = frozen_draw(campaign=campaign)

    assert frozen_members(draw) == {"W1": (5_000, 5_000)}
    assert forecasting.count_kinds(draw.terms) == {(1, (5_000,)): 1}


def test_freeze_again_for_the_same_round_changes_nothing() -> None:
    draw = published_draw()
    before = (list(Draw.objects.values()), list(Entrant.objects.values()))

    again = freezing.freeze_draw(
        campaign=draw.campaign, round_time=ROUND, chain=draw.chain, at=draw.publish_by + DAY
    )

    assert again == draw
    assert (list(Draw.objects.values()), list(Entrant.objects.values())) == before


def test_successor_names_its_predecessor_and_a_later_round() -> None:
    first = void(published_draw())
    campaign = Campaign.objects.get(pk=first.campaign_id)
    assert campaign.entries_frozen_at is None

    refused(RoundNotLater, "later round", campaign=campaign, round_time=ROUND)
    second = frozen_draw(campaign=campaign, round_time=ROUND + SECOND)

    manifest = json.loads(bytes(second.manifest))
    assert manifest["sequence"] == second.sequence == 2
    assert manifest["previous_manifest_sha256"] == bytes(first.manifest_sha256).hex()


def test_nobody_enters_a_frozen_campaign_until_its_draw_is_void() -> None:
    """An entry that arrived in time, and came through only now, is in no list."""
    draw = frozen_draw()

    with pytest.raises(entering.EntryPeriodOver):
        entering.enter_campaign(period=draw.terms, wester_id="W9", entered_at=CLOSED - SECOND)
    void(draw)
    assert entering.enter_campaign(
        period=draw.terms, wester_id="W9", entered_at=CLOSED - SECOND
    ).is_new


def test_audit_records_who_froze_what() -> None:
    draw = frozen_draw()

    line = AuditRecord.objects.get(action="draw.freeze")
    assert (line.subject, line.at, line.user) == (f"{draw.campaign.code}/1", FREEZES, None)
    assert line.os_user
    assert line.detail == {
        "manifest_sha256": bytes(draw.manifest_sha256).hex(),
        "entry_count": 3,
    }


@pytest.mark.parametrize("count", [6, 7, 8, 13, 14, 15])
def test_entrants_are_stored_across_batches(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(entrant_list, "ROWS_PER_BATCH", 7)
    members = {f"会員-{number}": 5_000 + number for number in range(count)}

    draw = frozen_draw(
        members, prizes=[{}, {"kind": "fixed", "points": 9}], lots_yen=1_000, lots_most=7
    )

    assert frozen_members(draw) == {member: (yen, yen, 9) for member, yen in members.items()}
    assert list(draw.entrants.order_by("position").values_list("position", flat=True)) == list(
        range(count)
    )
