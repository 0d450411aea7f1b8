"""Publish, confirm, void and erase keys: by two people, in time, and once."""

import hashlib
from datetime import timedelta

import pytest

from campaign.models import Campaign
from core.approvals import ContentChanged, NotPermitted
from core.audit import Actor
from core.models import Approval
from lottery import confirming, forgetting, publishing, voiding
from lottery.models import Draw
from lottery.queries import subject_of
from lottery.refusals import (
    DrawEnded,
    KeysNeeded,
    NotDrawn,
    NotPublishedYet,
    NotVoidable,
    PublishedTooLate,
    UnfitReason,
)
from tests.approving import approve, person
from tests.factories.lottery import (
    PUBLISHES,
    ROUND,
    confirmed_draw,
    drawn_draw,
    frozen_draw,
    published_draw,
    reread,
    run,
    void,
)

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
AFTER = ROUND + timedelta(hours=1)


@pytest.fixture
def asking() -> Actor:
    return person("campaign")


@pytest.fixture
def deciding() -> Actor:
    return person("approver")


def test_publishing_takes_two_people(asking: Actor, deciding: Actor) -> None:
    draw = frozen_draw()
    requested = publishing.request_publication(draw=draw, actor=asking, at=PUBLISHES)
    assert requested
    assert requested.content == {
        "campaign": draw.campaign.code,
        "sequence": 1,
        "manifest_sha256": bytes(draw.manifest_sha256).hex(),
        "entry_count": 3,
        "chain": "local",
        "round": draw.round,
        "round_time": "2025-01-17T12:00:00+09:00",
        "publish_by": "2025-01-16T12:00:00+09:00",
    }
    with pytest.raises(NotPermitted):
        approve(requested, asking, PUBLISHES)
    approve(
        publishing.request_publication(draw=draw, actor=asking, at=PUBLISHES), deciding, PUBLISHES
    )

    published = reread(draw)
    assert (published.state, published.published_at, published.published_by) == (
        Draw.State.PUBLISHED,
        PUBLISHES,
        deciding.user,
    )
    assert publishing.request_publication(draw=draw, actor=asking, at=PUBLISHES) is None


def test_publishing_ends_at_its_instant(asking: Actor, deciding: Actor) -> None:
    draw = frozen_draw()
    late = draw.publish_by + SECOND

    with pytest.raises(PublishedTooLate, match="had to be published by"):
        publishing.request_publication(draw=draw, actor=asking, at=late)
    requested = publishing.request_publication(draw=draw, actor=asking, at=draw.publish_by)
    assert requested
    with pytest.raises(PublishedTooLate):
        approve(requested, deciding, late)
    requested.refresh_from_db()
    assert (requested.state, reread(draw).state) == ("open", Draw.State.FROZEN)
    approve(requested, deciding, draw.publish_by)
    assert reread(draw).published_at == draw.publish_by


def test_void_draw_is_not_published(asking: Actor) -> None:
    with pytest.raises(DrawEnded):
        publishing.request_publication(draw=void(frozen_draw()), actor=asking, at=PUBLISHES)


def test_confirming_fixes_the_result(money: None, asking: Actor, deciding: Actor) -> None:
    draw = drawn_draw()
    requested = confirming.request_confirmation(draw=draw, actor=asking, at=AFTER)
    assert requested
    assert requested.content == {
        "campaign": draw.campaign.code,
        "sequence": 1,
        "manifest_sha256": hashlib.sha256(bytes(draw.manifest)).hexdigest(),
        "result_sha256": hashlib.sha256(bytes(draw.result or b"")).hexdigest(),
        "winners": [3],
        "total_points": 37_340,
        "leftover_points": draw.terms.budget_points - 37_340,
    }

    approve(requested, deciding, AFTER)

    confirmed = reread(draw)
    assert (confirmed.state, confirmed.confirmed_at, confirmed.confirmed_by) == (
        Draw.State.CONFIRMED,
        AFTER,
        deciding.user,
    )
    assert confirming.request_confirmation(draw=draw, actor=asking, at=AFTER) is None


def test_confirming_needs_a_result_of_a_published_draw(money: None, asking: Actor) -> None:
    draw = published_draw()
    with pytest.raises(NotDrawn):
        confirming.request_confirmation(draw=draw, actor=asking, at=AFTER)
    with pytest.raises(DrawEnded):
        confirming.request_confirmation(draw=void(draw), actor=asking, at=AFTER)


def test_confirming_is_refused_where_nothing_was_published(money: None, asking: Actor) -> None:
    with pytest.raises(NotPublishedYet, match="only be void"):
        confirming.request_confirmation(
            draw=run(frozen_draw(), to_void=True), actor=asking, at=AFTER
        )


def ask_void(
    draw: Draw, actor: Actor, *, reason: str = "A load was missing.", at: object
) -> Approval:
    return voiding.request_void(draw=draw, reason=reason, actor=actor, at=at)  # type: ignore[arg-type] # an instant


@pytest.mark.parametrize("make", [frozen_draw, published_draw])
def test_draw_is_void_until_just_before_its_round(
    money: None, asking: Actor, deciding: Actor, make: object
) -> None:
    draw: Draw = make()  # type: ignore[operator] # a table of functions
    last = draw.round_time - SECOND
    requested = ask_void(draw, asking, at=last)
    with pytest.raises(NotVoidable, match="run it first"):
        approve(requested, deciding, draw.round_time)
    with pytest.raises(NotVoidable):
        ask_void(draw, asking, at=draw.round_time)

    approve(requested, deciding, last)

    gone = reread(draw)
    assert (gone.state, gone.void_reason, gone.voided_at, gone.voided_by) == (
        Draw.State.VOID,
        "A load was missing.",
        last,
        deciding.user,
    )
    assert Campaign.objects.get(pk=draw.campaign_id).entries_frozen_at is None
    with pytest.raises(DrawEnded, match="void already"):
        ask_void(draw, asking, at=last)


@pytest.mark.parametrize("make", [drawn_draw, confirmed_draw])
def test_draw_that_was_run_is_void_with_its_result(
    money: None, asking: Actor, deciding: Actor, make: object
) -> None:
    draw: Draw = make()  # type: ignore[operator] # a table of functions

    approve(ask_void(draw, asking, at=AFTER), deciding, AFTER)

    gone = reread(draw)
    assert (gone.state, bytes(gone.result or b"")) == (Draw.State.VOID, bytes(draw.result or b""))


def test_void_is_requested_again_once_the_draw_was_run(
    money: None, asking: Actor, deciding: Actor
) -> None:
    draw = published_draw()
    requested = ask_void(draw, asking, at=ROUND - SECOND)
    run(draw)

    with pytest.raises(ContentChanged):
        approve(requested, deciding, AFTER)


def test_reason_is_part_of_what_is_approved(money: None, asking: Actor, deciding: Actor) -> None:
    draw = published_draw()
    first = ask_void(draw, asking, at=PUBLISHES)
    second = ask_void(draw, asking, reason="  Another reason. ", at=PUBLISHES)

    first.refresh_from_db()
    assert (first.state, second.content["reason"]) == ("superseded", "Another reason.")
    approve(second, deciding, PUBLISHES)
    assert reread(draw).void_reason == "Another reason."


@pytest.mark.parametrize("make", [published_draw, drawn_draw])
def test_request_of_a_void_has_what_is_given_up(asking: Actor, make: object) -> None:
    draw: Draw = make()  # type: ignore[operator] # a table of functions
    at = AFTER if draw.drawn_at else PUBLISHES

    assert ask_void(draw, asking, at=at).content == {
        "campaign": draw.campaign.code,
        "sequence": 1,
        "state": draw.state,
        "manifest_sha256": hashlib.sha256(bytes(draw.manifest)).hexdigest(),
        "result_sha256": (hashlib.sha256(bytes(draw.result)).hexdigest() if draw.result else None),
        "reason": "A load was missing.",
    }


def test_reason_of_a_void_may_fill_its_line(asking: Actor) -> None:
    requested = ask_void(published_draw(), asking, reason="x" * 500, at=PUBLISHES)

    assert requested.content["reason"] == "x" * 500


@pytest.mark.parametrize(
    "reason",
    [
        pytest.param(" ", id="none"),
        pytest.param("a\nb", id="two lines"),
        pytest.param("x" * 501, id="too long"),
    ],
)
def test_void_needs_a_reason_that_can_be_published(money: None, asking: Actor, reason: str) -> None:
    with pytest.raises(UnfitReason, match="one line of at most 500"):
        ask_void(published_draw(), asking, reason=reason, at=PUBLISHES)


def test_keys_are_erased_by_two_people_and_the_list_stays(
    money: None, asking: Actor, deciding: Actor
) -> None:
    draw = confirmed_draw()
    list_before = list(draw.entrants.order_by("position").values())

    approve(forgetting.request_forgetting(draw=draw, actor=asking, at=AFTER), deciding, AFTER)

    forgotten = reread(draw)
    assert (forgotten.pid_key, forgotten.nonce_key, forgotten.forgotten_by) == (
        None,
        None,
        deciding.user,
    )
    assert list(draw.entrants.order_by("position").values()) == list_before
    assert forgotten.forgotten_at == AFTER
    assert forgetting.request_forgetting(draw=draw, actor=asking, at=AFTER) is None
    with pytest.raises(KeysNeeded, match="erased once"):
        forgetting.content_to_forget(subject_of(forgotten))


def test_keys_are_not_erased_while_they_are_needed(
    money: None, asking: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "_erasure_checks", [])
    with pytest.raises(KeysNeeded, match="confirmed or void"):
        forgetting.request_forgetting(draw=drawn_draw(), actor=asking, at=AFTER)

    def refuse(draw: Draw) -> None:
        raise KeysNeeded("The payout is not closed.")

    forgetting.register_erasure_check(refuse)
    with pytest.raises(KeysNeeded, match="not closed"):
        forgetting.request_forgetting(draw=confirmed_draw({"W5": 5_000}), actor=asking, at=AFTER)
