"""The steps of a draw: fix the list, publish it, draw, confirm; and void, reveal, erase keys."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from core import clock
from core.audit import Actor
from core.errors import Refusal
from core.models import Approval
from lottery import confirming, forgetting, freezing, publishing, revealing, running, voiding
from lottery.beacon import BadBeacon, Round
from lottery.fetching import NoRelayAnswered, RoundNotThere
from lottery.models import Draw
from lottery.refusals import NoDraw
from points import reserving
from portal.desk.operations import forms
from portal.desk.operations.progress import Progress
from portal.desk.operations.step import Fact, Step
from portal.desk.operations.wording import (
    at_by,
    instant,
    points,
    recorded,
    refusal_of,
    requested,
    warn_of_waiting_rows,
)
from portal.formats import grouped


class UnfitRound(Refusal):
    """An uploaded file is not the random value of this draw."""


def get_draw(progress: Progress) -> Draw:
    """Return the draw that is not void.

    Raises:
        NoDraw: the list is not fixed yet.
    """
    if progress.draw is None:
        raise NoDraw(_("The list of entrants is not fixed yet."))
    return progress.draw


def fingerprint(draw: Draw) -> str:
    """Return the hash of the manifest in hex."""
    return bytes(draw.manifest_sha256).hex()


def name_round(draw: Draw) -> str:
    """Return the number of the random value, and when it appears."""
    values = {"number": grouped(draw.round), "instant": instant(draw.round_time)}
    return _("no. %(number)s, %(instant)s") % values


# Fix the list


def say_before_freeze(_progress: Progress) -> list[str]:
    """Say what fixing the list does."""
    return [
        _(
            "The list of entrants is fixed: from here on nobody is added, left out or worth "
            "another reward."
        ),
        _(
            "It waits for loads and entries in flight; of a million entrants it takes up to half "
            "a minute. If this page breaks off meanwhile, open the steps again: requested again "
            "for the same random value, nothing changes."
        ),
        *warn_of_waiting_rows(),
    ]


def find_obstacle_to_freeze(progress: Progress) -> str:
    """Return why the list cannot be fixed now."""
    if progress.draw:
        return _("The list is fixed.")
    if progress.terms is None:
        return refusal_of(freezing.require_published_terms, progress.campaign)
    return refusal_of(freezing.check_periods_ended, progress.terms, at=progress.now)


def freeze(progress: Progress, values: dict[str, Any], actor: Actor) -> str:
    """Fix the list."""
    draw = freezing.freeze_draw(campaign=progress.campaign, **values, at=clock.now(), actor=actor)
    return _("The list is fixed with %(count)s entrants.") % {"count": grouped(draw.entry_count)}


def say_after_freeze(progress: Progress) -> list[Fact]:
    """Say what was fixed."""
    draw = progress.draw
    if draw is None:
        return []
    record = progress.records.get("draw.freeze")
    return [
        (pgettext_lazy("a fact", "Fixed"), at_by(draw.frozen_at, record.name if record else None)),
        (pgettext_lazy("a fact", "Entrants"), grouped(draw.entry_count)),
        (
            pgettext_lazy("a fact", "Random value"),
            name_round(draw),
        ),
        (pgettext_lazy("a fact", "Fingerprint of the list (SHA-256)"), fingerprint(draw)),
    ]


# Publish it


def say_before_publish(progress: Progress) -> list[str]:
    """Say what the publication fixes."""
    draw = get_draw(progress)
    return [
        _("The list of %(count)s entrants, fingerprint %(hash)s, becomes public.")
        % {"count": grouped(draw.entry_count), "hash": fingerprint(draw)},
        _("It must be approved by %(instant)s; after that the draw can only become void.")
        % {"instant": instant(draw.publish_by)},
        _("Then only the random value of %(instant)s decides who wins.")
        % {"instant": instant(draw.round_time)},
    ]


def find_obstacle_to_publish(progress: Progress) -> str:
    """Return why the publication cannot be requested now."""
    draw = progress.draw
    if draw is None:
        return refusal_of(get_draw, progress)
    return "" if draw.published_at else refusal_of(publishing.refuse_late, draw, progress.now)


def publish(progress: Progress, _values: dict[str, Any], actor: Actor) -> str:
    """Request the publication."""
    approval = publishing.request_publication(draw=get_draw(progress), actor=actor, at=clock.now())
    return requested(approval, _("The list is published already."))


def say_after_publish(progress: Progress) -> list[Fact]:
    """Say when the list became public."""
    draw = progress.draw
    if draw is None:
        return []
    if draw.published_at is None:
        return [(pgettext_lazy("a fact", "To be approved by"), instant(draw.publish_by))]
    name = draw.published_by.username if draw.published_by else None
    return [(pgettext_lazy("a fact", "Published"), at_by(draw.published_at, name))]


# Draw


def is_run_to_void(progress: Progress) -> bool:
    """Return whether the draw was not published in time, and is run only to become void."""
    draw = progress.draw
    return draw is not None and draw.state == Draw.State.FROZEN and progress.now > draw.publish_by


def say_before_run(progress: Progress) -> list[str]:
    """Say what running the draw does."""
    draw = get_draw(progress)
    lines = [
        _("Random value %(round)s of %(instant)s puts the entrants in order, and who wins follows.")
        % {"round": grouped(draw.round), "instant": instant(draw.round_time)},
        _("The result cannot be changed or drawn again; it is public once it is confirmed."),
    ]
    if is_run_to_void(progress):
        lines.append(
            _(
                "This draw was not published in time. It is drawn only so that its result can be "
                "published with its void."
            )
        )
    return lines


def find_obstacle_to_run(progress: Progress) -> str:
    """Return why the draw cannot be run now."""
    draw = progress.draw
    if draw is None:
        return refusal_of(get_draw, progress)
    if draw.drawn_at:
        return ""
    if draw.published_at and progress.now < draw.round_time:
        return _("The random value appears on %(instant)s.") % {"instant": instant(draw.round_time)}
    return refusal_of(
        running.require_runnable, draw, progress.now, to_void=is_run_to_void(progress)
    )


def run(progress: Progress, values: dict[str, Any], actor: Actor) -> str:
    """Draw by the uploaded random value, or by the one that is fetched.

    Raises:
        RoundNotThere: no relay has the random value.
        WrongRound, UnfitRound: the uploaded one is not that of this draw.
    """
    given = {
        "draw": get_draw(progress),
        "at": clock.now(),
        "actor": actor,
        "to_void": is_run_to_void(progress),
    }
    uploaded = values["file"]
    draw = run_by_file(uploaded, given) if uploaded else fetch_and_run(given)
    return _("Drawn: %(winners)s winners, %(points)s.") % {
        "winners": grouped(draw.winner_count),
        "points": points(draw.total_points or 0),
    }


def run_by_file(uploaded: Round, given: dict[str, Any]) -> Draw:
    """Run a draw with an uploaded random value.

    Raises:
        UnfitRound: it is not the chain's.
    """
    try:
        return running.run_draw(round=uploaded, **given)
    except BadBeacon as failure:
        raise UnfitRound(
            _("The file does not hold the random value that drand signed.")
        ) from failure


def fetch_and_run(given: dict[str, Any]) -> Draw:
    """Run a draw with the fetched random value.

    Raises:
        RoundNotThere: no relay has it; the sentence says what helps.
    """
    try:
        return running.run_with_beacon(**given)
    except NoRelayAnswered as failure:
        raise NoRelayAnswered(
            _("No relay of drand answered. Try again later, or upload the file.")
        ) from failure
    except RoundNotThere as failure:
        raise RoundNotThere(
            _("The relays of drand do not have the random value yet. Try again in a minute.")
        ) from failure
    except BadBeacon as failure:
        raise UnfitRound(
            _("No answer of a relay of drand could be verified. Upload the file instead.")
        ) from failure


def say_after_run(progress: Progress) -> list[Fact]:
    """Say what was drawn, to those who may see it."""
    draw = progress.draw
    if draw is None or draw.drawn_at is None:
        return []
    record = progress.records.get("draw.run")
    facts: list[Fact] = [(pgettext_lazy("a fact", "Drawn"), recorded(record))]
    return [*facts, *say_result(draw)] if progress.sees_result else facts


def say_result(draw: Draw) -> list[Fact]:
    """Say how many winners there are, and of how many points."""
    return [
        (pgettext_lazy("a fact", "Winners"), grouped(draw.winner_count)),
        (pgettext_lazy("a fact", "Points of all awards"), points(draw.total_points or 0)),
        (pgettext_lazy("a fact", "Points left over"), points(draw.leftover_points or 0)),
    ]


# Confirm


def say_before_confirm(progress: Progress) -> list[str]:
    """Say what the confirmation does."""
    draw = get_draw(progress)
    return [
        _("The result becomes public: %(winners)s winners, %(points)s.")
        % {"winners": grouped(draw.winner_count), "points": points(draw.total_points or 0)},
        _("The points of every award are reserved; from then on they are owed."),
    ]


def find_obstacle_to_confirm(progress: Progress) -> str:
    """Return why the confirmation cannot be requested now."""
    draw = progress.draw
    if draw is None:
        return refusal_of(get_draw, progress)
    is_confirmed = draw.state == Draw.State.CONFIRMED
    return "" if is_confirmed else refusal_of(confirming.require_confirmable, draw)


def confirm(progress: Progress, _values: dict[str, Any], actor: Actor) -> str:
    """Request the confirmation."""
    approval = confirming.request_confirmation(draw=get_draw(progress), actor=actor, at=clock.now())
    return requested(approval, _("The result is confirmed already."))


def say_after_confirm(progress: Progress) -> list[Fact]:
    """Say when the result was confirmed."""
    draw = progress.draw
    if draw is None or draw.confirmed_at is None:
        return []
    name = draw.confirmed_by.username if draw.confirmed_by else None
    return [(pgettext_lazy("a fact", "Confirmed"), at_by(draw.confirmed_at, name))]


# Outside the order: void, reveal, erase


def say_before_void(progress: Progress) -> list[str]:
    """Say what a void does."""
    lines = [
        _("The draw becomes void for good, and the reason is published."),
        _("Entries open again until the list is fixed once more for a later random value."),
    ]
    draw = get_draw(progress)
    if draw.confirmed_at:
        lines.append(_("The points reserved for its awards are released."))
    return lines


def find_obstacle_to_void(progress: Progress) -> str:
    """Return why a void cannot be requested now."""
    draw = progress.draw
    if draw is None:
        return _("There is no draw that could become void.")
    if progress.payout:
        return refusal_of(reserving.refuse_approved_payout, draw)
    return refusal_of(voiding.require_voidable, draw, progress.now)


def void(progress: Progress, values: dict[str, Any], actor: Actor) -> str:
    """Request the void."""
    approval = voiding.request_void(
        draw=get_draw(progress), reason=values["reason"], actor=actor, at=clock.now()
    )
    return requested(approval, "")


def say_before_reveal(_progress: Progress) -> list[str]:
    """Say how an auditor gets the key."""
    return [
        _(
            "With the key an auditor can check that every member has exactly one number in the "
            "list. Anybody who has it knows whose each number is: hand it to the auditor only."
        ),
        _(
            "Another person approves it. Then open this page again and press the button: the key "
            "is downloaded once, as a file, and the audit records it."
        ),
    ]


def find_obstacle_to_keys(progress: Progress) -> str:
    """Return why no key can be revealed or erased."""
    if all(one.pid_key is None for one in progress.draws):
        return _("There is no draw whose keys are stored.")
    return ""


def reveal(_progress: Progress, values: dict[str, Any], actor: Actor) -> str | HttpResponse:
    """Request that the key is revealed; once approved, send it as a file."""
    draw, at = values["draw"], clock.now()
    approval = revealing.request_reveal(draw=draw, actor=actor, at=at)
    if approval.state != Approval.State.APPROVED:
        return requested(approval, "")
    content = revealing.read_key(draw=draw, approval=approval, actor=actor, at=at)
    name = f"key-{draw.campaign.code}-{draw.sequence}.txt"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="text/plain; charset=utf-8", headers=headers)


def say_after_reveal(progress: Progress) -> list[Fact]:
    """Say whose key the person may take now, and when the last one was taken."""
    facts: list[Fact] = [
        (forms.name_draw(one), _("Approved: press the button, and the key is downloaded once."))
        for one in progress.draws
        if one.pid_key is not None and revealing.find_unused_approval(one, progress.user)
    ]
    if taken := progress.records.get(revealing.REVEAL):
        facts.append((pgettext_lazy("a fact", "Key last taken"), recorded(taken)))
    return facts


def say_before_forget(_progress: Progress) -> list[str]:
    """Say what erasing the keys does."""
    return [
        _(
            "The keys of the draw are erased for good: nobody can compute any more which member "
            "has which number. Receipts and the published files keep working."
        ),
        _("It is possible once the draw is void, or its payout is closed."),
    ]


def forget(_progress: Progress, values: dict[str, Any], actor: Actor) -> str:
    """Request the erasure of the keys."""
    approval = forgetting.request_forgetting(draw=values["draw"], actor=actor, at=clock.now())
    return requested(approval, _("The keys are erased already."))


def say_after_forget(progress: Progress) -> list[Fact]:
    """Say which keys are erased."""
    return [
        (forms.name_draw(one), _("keys erased on %(instant)s") % {"instant": instant(erased)})
        for one in progress.draws
        for erased in (one.forgotten_at,)
        if erased
    ]


ORDER = (
    Step(
        name="freeze",
        title=pgettext_lazy("a step", "Fix the list of entrants"),
        button=pgettext_lazy("a step", "Fix the list"),
        permission=freezing.PERMISSION,
        before=say_before_freeze,
        why_not=find_obstacle_to_freeze,
        carry_out=freeze,
        is_done=lambda progress: progress.draw is not None,
        after=say_after_freeze,
        form=forms.FreezeForm,
    ),
    Step(
        name="publish",
        title=pgettext_lazy("a step", "Publish the list"),
        button=pgettext_lazy("a step", "Request the publication"),
        permission=publishing.PERMISSION,
        before=say_before_publish,
        why_not=find_obstacle_to_publish,
        carry_out=publish,
        is_done=lambda progress: bool(progress.draw and progress.draw.published_at),
        after=say_after_publish,
        action=publishing.PUBLISH,
    ),
    Step(
        name="draw",
        title=pgettext_lazy("a step", "Draw"),
        button=pgettext_lazy("a step", "Draw now"),
        permission=running.PERMISSION,
        before=say_before_run,
        why_not=find_obstacle_to_run,
        carry_out=run,
        is_done=lambda progress: bool(progress.draw and progress.draw.drawn_at),
        after=say_after_run,
        form=forms.RoundForm,
        has_upload=True,
    ),
    Step(
        name="confirm",
        title=pgettext_lazy("a step", "Confirm the result"),
        button=pgettext_lazy("a step", "Request the confirmation"),
        permission=confirming.PERMISSION,
        before=say_before_confirm,
        why_not=find_obstacle_to_confirm,
        carry_out=confirm,
        is_done=lambda progress: bool(progress.draw and progress.draw.confirmed_at),
        after=say_after_confirm,
        action=confirming.CONFIRM,
    ),
)
OTHER = (
    Step(
        name="void",
        title=pgettext_lazy("a step", "Make the draw void"),
        button=pgettext_lazy("a step", "Request the void"),
        permission=voiding.PERMISSION,
        before=say_before_void,
        why_not=find_obstacle_to_void,
        carry_out=void,
        form=forms.VoidForm,
        action=voiding.VOID,
        repeats=True,
    ),
    Step(
        name="reveal",
        title=pgettext_lazy("a step", "Give an auditor the key"),
        button=pgettext_lazy("a step", "Request the key, or take it once approved"),
        permission=revealing.PERMISSION,
        before=say_before_reveal,
        why_not=find_obstacle_to_keys,
        carry_out=reveal,
        after=say_after_reveal,
        form=forms.DrawForm,
        action=revealing.REVEAL,
        repeats=True,
    ),
    Step(
        name="forget",
        title=pgettext_lazy("a step", "Erase the keys"),
        button=pgettext_lazy("a step", "Request the erasure"),
        permission=forgetting.PERMISSION,
        before=say_before_forget,
        why_not=find_obstacle_to_keys,
        carry_out=forget,
        after=say_after_forget,
        form=forms.DrawForm,
        action=forgetting.FORGET,
        repeats=True,
    ),
)
