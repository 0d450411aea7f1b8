"""The pages of a campaign's steps: what will happen, what happened, and what comes next."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from campaign.models import Campaign
from campaign.queries import terms_in_force
from core import clock
from core.admin_base import require_permission
from core.audit import Actor
from core.errors import Refusal
from core.models import Approval, User
from core.second_factor import ask_again
from lottery import bundle
from lottery.refusals import UnfitReason, WrongRound
from points import correcting
from points.models import CreditStatus, KeyStanding, Resolution
from points.queries import find_open_keys
from points.refusals import OtherPayout
from points.refusals import UnfitReason as UnfitReasonOfPoints
from portal.announcement import name_of
from portal.desk.frame import render_desk_page
from portal.desk.operations import draw, nights, payout
from portal.desk.operations.feed_views import count_refused, count_waiting
from portal.desk.operations.forms import ResolutionForm, StepForm
from portal.desk.operations.progress import Progress, read_progress
from portal.desk.operations.step import Mark, see_possible, see_steps
from portal.desk.operations.wording import requested
from portal.desk.operations.words import KEY_CLASSES

NIGHTS = (nights.AGGREGATE,)
STEPS = {
    step.name: step for step in (*NIGHTS, *draw.ORDER, *payout.ORDER, *draw.OTHER, *payout.OTHER)
}
OF_A_REASON = (UnfitReason, UnfitReasonOfPoints)
OF_A_FILE = (WrongRound, draw.UnfitRound, payout.AnswersRefused, OtherPayout)
MAY_SEE = bundle.PERMISSION
SHOWN_CAMPAIGNS = 10
SHOWN_KEYS = 100


@require_safe
def show_operations(request: HttpRequest) -> HttpResponse:
    """Show what waits in feeds and quarantine, and the campaigns with their next step."""
    require_permission(request, MAY_SEE)
    context = {
        "title": pgettext("desk", "Operations"),
        "waiting": count_waiting(),
        "refused": count_refused(),
        "campaigns": list_campaigns(),
    }
    return render_desk_page(request, "desk/operations/operations.html", context)


def list_campaigns() -> list[dict[str, Any]]:
    """Return the last campaigns to open, by name and code."""
    return [
        {"name": name_of(one), "code": one.campaign.code, "opens_at": one.opens_at}
        for one in terms_in_force().order_by("-opens_at", "-campaign_id")[:SHOWN_CAMPAIGNS]
    ]


@require_safe
def show_steps(request: HttpRequest, code: str) -> HttpResponse:
    """Show the steps of a campaign: done, next, and why one is not possible yet."""
    require_permission(request, MAY_SEE)
    progress = find_progress(request, code)
    order = see_steps((*draw.ORDER, *payout.ORDER), progress)
    context = {
        "title": progress.campaign_name,
        "progress": progress,
        "current": next((one for one in order if one.mark != Mark.DONE), None),
        "nights": see_possible(NIGHTS, progress),
        "draw_steps": order[: len(draw.ORDER)],
        "payout_steps": order[len(draw.ORDER) :],
        "others": see_possible((*draw.OTHER, *payout.OTHER), progress),
        "awards": payout.list_awards(progress),
        "may_resolve": progress.user.has_perm(correcting.MAY_RESOLVE),
        "void_draws": [one for one in progress.draws if one.voided_at],
    }
    return render_desk_page(request, "desk/operations/steps.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def show_step(request: HttpRequest, code: str, step: str) -> HttpResponseBase:
    """Show what a step will do; by POST do it, and show what happened on the campaign's page."""
    if step not in STEPS:
        raise Http404
    one = STEPS[step]
    actor = require_permission(request, one.permission)
    is_sent = request.method == "POST"
    if one.is_decision and (is_sent or one.has_upload) and (asking := ask_again(request)):
        return asking
    progress = find_progress(request, code)
    why_not = one.why_not(progress)
    if one.is_done(progress) and not one.repeats:
        why_not = _("This step is done.")
    sent = (request.POST, request.FILES) if is_sent else (None, None)
    form = one.form(*sent, progress=progress)
    if is_sent and not why_not and form.is_valid():
        done = attempt(form, lambda: one.carry_out(progress, form.cleaned_data, actor))
        if isinstance(done, HttpResponseBase):
            return done
        if done:
            messages.success(request, done)
            return redirect("desk:steps", code)
    context = {
        "title": one.title,
        "step": one,
        "code": code,
        "campaign_name": progress.campaign_name,
        "why_not": why_not,
        "before": [] if why_not else one.before(progress),
        "after": one.after(progress),
        "form": form,
        "request_open": progress.find_request(one.action) if one.action else None,
    }
    return render_desk_page(request, "desk/operations/step.html", context)


def attempt(form: StepForm, operation: Callable[[], str | HttpResponseBase]) -> Any:
    """Return what an operation returns; None where it refuses, which the form then says.

    A refusal of a reason or of a file stands at its field.
    """
    try:
        return operation()
    except Refusal as refusal:
        form.add_error(find_field(form, refusal), str(refusal))
        return None


def find_field(form: StepForm, refusal: Refusal) -> str | None:
    """Return the field that a refusal is about; None where it is about the whole step."""
    if isinstance(refusal, OF_A_REASON) and "reason" in form.fields:
        return "reason"
    return "file" if isinstance(refusal, OF_A_FILE) and form.files.get("file") else None


def find_progress(request: HttpRequest, code: str) -> Progress:
    """Return how far a campaign has come.

    Raises:
        Http404: there is no such campaign.
    """
    campaign = get_object_or_404(Campaign, code=code)
    return read_progress(campaign, user=cast("User", request.user), now=clock.now())


# Keys on which both sides differ


@require_safe
def show_keys(request: HttpRequest, code: str) -> HttpResponse:
    """Show the first keys to be resolved: what we have, what was answered."""
    require_permission(request, correcting.MAY_RESOLVE)
    progress = find_progress(request, code)
    if progress.payout is None:
        raise Http404
    found = find_open_keys(progress.payout).select_related("award")[: SHOWN_KEYS + 1]
    context = {
        "title": _("Keys to be resolved"),
        "code": code,
        "campaign_name": progress.campaign_name,
        "keys": [describe_key(one) for one in found[:SHOWN_KEYS]],
        "has_more": len(found) > SHOWN_KEYS,
        "count": progress.open_keys,
    }
    return render_desk_page(request, "desk/operations/keys.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def resolve_key(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Show both sides of a key; by POST request how it ends."""
    actor = require_permission(request, correcting.MAY_RESOLVE)
    if request.method == "POST" and (asking := ask_again(request)):
        return asking
    progress = find_progress(request, code)
    standing = find_key(progress, key)
    form = ResolutionForm(request.POST or None, progress=progress)
    if request.method == "POST" and form.is_valid():
        done = attempt(form, lambda: request_resolution(standing, form.cleaned_data, actor))
        if done:
            messages.success(request, done)
            return redirect("desk:keys", code)
    context = {
        "title": _("Resolve a key"),
        "code": code,
        "campaign_name": progress.campaign_name,
        "key": describe_key(standing),
        "form": form,
        "request_open": find_resolution_request(progress, standing),
    }
    return render_desk_page(request, "desk/operations/key.html", context)


def find_key(progress: Progress, key: str) -> KeyStanding:
    """Return a key of the campaign's payout by its hexadecimal digits.

    Raises:
        Http404: there is none.
    """
    if progress.payout is None:
        raise Http404
    keys = KeyStanding.objects.select_related("award", "payout__draw__campaign")
    found: KeyStanding = get_object_or_404(keys, pk=f"{progress.payout.pk}/{key[:64]}")
    return found


def request_resolution(standing: KeyStanding, values: dict[str, Any], actor: Actor) -> str:
    """Request how a key ends."""
    approval = correcting.request_resolution(
        payout=standing.payout,
        key=bytes(standing.credit_key),
        verdict=values["verdict"],
        reason=values["reason"],
        actor=actor,
        at=clock.now(),
    )
    return requested(approval, "")


def find_resolution_request(progress: Progress, standing: KeyStanding) -> Approval | None:
    """Return the open request about a key."""
    resolution = Resolution.objects.filter(
        payout=standing.payout_id, credit_key=bytes(standing.credit_key)
    ).first()
    if resolution is None:
        return None
    subject = f"{progress.campaign.code}/{resolution.pk}"
    found = (
        one
        for one in progress.waiting
        if (one.action, one.subject) == (correcting.RESOLVE, subject)
    )
    return next(found, None)


def describe_key(standing: KeyStanding) -> dict[str, Any]:
    """Return both sides of a key for the page; nothing names a member."""
    return {
        "hex": bytes(standing.credit_key).hex(),
        "classed": KEY_CLASSES[KeyStanding.Class(standing.classed)],
        "points": standing.points,
        "is_reversed": standing.is_reversed,
        "answered": dict(CreditStatus.choices).get(standing.answered),
        "answered_points": standing.answered_points,
        "detail": standing.detail,
        "award": standing.award,
    }
