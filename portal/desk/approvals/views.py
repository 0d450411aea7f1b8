"""The pages: the list, a card for each request, and the decision with its confirmation."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import approvals, clock
from core.admin_base import require_permission
from core.approval_reports import describe_shell
from core.audit import Actor
from core.errors import Refusal
from core.models import Approval, User
from core.second_factor import ask_again
from portal.desk.approvals import lists, verdicts
from portal.desk.approvals.cards import Card, campaign_names
from portal.desk.approvals.forms import ReasonForm, ShownForm
from portal.desk.approvals.kinds import card_of, kind_of, subject_in_words
from portal.desk.frame import render_desk_page

PERMISSION = "core.view_approval"
MAX_DIGITS = 18
ENDED_WITHOUT = (Approval.State.REFUSED, Approval.State.SUPERSEDED)


@require_safe
def show_approvals(request: HttpRequest) -> HttpResponse:
    """List what waits for a decision, and what was decided."""
    user = require_permission(request, PERMISSION).user
    before = read_number(request.GET.get("before", ""))
    decided, next_before = lists.decided_requests(user, before=before)
    context = {
        "title": pgettext("desk", "Approvals"),
        "open": lists.open_requests(user) if before is None else None,
        "decided": decided,
        "next_before": next_before,
        "user_pk": user.pk,
    }
    return render_desk_page(request, "desk/approvals/approvals.html", context)


@require_safe
def show_approval(request: HttpRequest, approval_id: int) -> HttpResponse:
    """Show the card of a request: what it is, what is known of it, and what came of it."""
    actor, approval = open_request(request, approval_id)
    return render_card(request, "card", approval, actor.user, card_context(approval, actor.user))


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_approval(request: HttpRequest, approval_id: int) -> HttpResponse:
    """Ask once more with what approving does in a sentence, then approve what was shown.

    The card sends the hash of the content that it shows; another one, or a content that changed
    since, is not approved.
    """
    actor, approval = open_request(request, approval_id)
    if not approvals.may_decide(actor.user):
        raise PermissionDenied
    form = ShownForm(request.POST if request.method == "POST" else request.GET)
    if not form.is_valid():
        return back_to_card(request, approval_id, _("Read the request first, then approve it."))
    shown = form.cleaned_data["shown"]
    here = f"{reverse('desk:confirm_approval', args=[approval_id])}?{urlencode({'shown': shown})}"
    if again := ask_again(request, back=here):
        return again
    if request.method == "POST":
        return decide(
            request,
            approval_id,
            approvals.approve,
            actor,
            _("Approved and carried out."),
            shown_sha256=shown,
        )
    try:
        approvals.require_open(approval)
        approvals.require_shown(approval, shown)
    except Refusal as refusal:
        return back_to_card(request, approval_id, str(refusal))
    context = {"card": card_of(approval), "form": form, "sha256": shown}
    return render_card(request, "confirm", approval, actor.user, context)


@require_http_methods(["GET", "HEAD", "POST"])
def refuse_approval(request: HttpRequest, approval_id: int) -> HttpResponse:
    """Refuse a request with a reason for who made it; who made it withdraws it without one."""
    actor, approval = open_request(request, approval_id)
    is_own = approval.requested_by_id == actor.user.pk
    if not (is_own or approvals.may_decide(actor.user)):
        raise PermissionDenied
    if again := ask_again(request, back=request.path):
        return again
    form = None if is_own else ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and (form is None or form.is_valid()):
        done = _("Withdrawn.") if is_own else _("Refused; the reason is shown to who asked.")
        reason = form.cleaned_data["reason"] if form else ""
        return decide(request, approval_id, approvals.refuse, actor, done, reason=reason)
    return render_card(request, "refuse", approval, actor.user, {"form": form, "is_own": is_own})


@require_POST
def verify_draw(request: HttpRequest, approval_id: int) -> HttpResponse:
    """Run the verifier over the draw of a request, and show its verdict on the card."""
    actor, approval = open_request(request, approval_id)
    if not approvals.may_read(actor.user, approval):
        raise PermissionDenied
    if not card_of(approval).can_be_verified:
        raise Http404
    verdict = verdicts.verify(approval, actor=actor)
    messages.add_message(
        request, messages.SUCCESS if verdict.accepted else messages.WARNING, verdict.text
    )
    return redirect("desk:approval", approval_id)


def open_request(request: HttpRequest, approval_id: int) -> tuple[Actor, Approval]:
    """Return who is signed in, and the request of a page.

    Raises:
        PermissionDenied: they may not see requests.
        Http404: there is none of this number.
    """
    actor = require_permission(request, PERMISSION)
    return actor, get_object_or_404(Approval, pk=approval_id)


def card_context(approval: Approval, user: User) -> dict[str, Any]:
    """Return what the page of a card shows; nothing of the content to who may not read it."""
    is_open, is_own = approval.state == Approval.State.OPEN, approval.requested_by_id == user.pk
    later = Approval.objects.filter(
        action=approval.action, subject=approval.subject, pk__gt=approval.pk
    )
    context: dict[str, Any] = {
        "is_own": is_own,
        "reason": lists.reason_for(user, approval),
        "may_refuse": is_open and (is_own or approvals.may_decide(user)),
        "later": later.order_by("pk").first() if approval.state in ENDED_WITHOUT else None,
    }
    if not approvals.may_read(user, approval):
        return context
    card, kind = card_of(approval), kind_of(approval)
    stale = approvals.why_stale(approval) if is_open and not kind.is_slow else ""
    return {
        **context,
        "card": card,
        "links": links_for(card, user, is_done=approval.state == Approval.State.APPROVED),
        "shell": describe_shell(approval) if is_open else "",
        "stale": stale,
        "may_approve": is_open and not stale and not is_own and approvals.may_decide(user),
        "verdict": verdicts.last_verdict(approval) if card.can_be_verified else None,
    }


def links_for(card: Card, user: User, *, is_done: bool) -> list[dict[str, str]]:
    """Return the links of a card that a user may open."""
    links = card.done_links if is_done else card.links
    return [{"text": one.text, "address": one.address} for one in links if one.is_for(user)]


def render_card(
    request: HttpRequest, page: str, approval: Approval, user: User, context: dict[str, Any]
) -> HttpResponse:
    """Render a page about one request."""
    is_readable = approvals.may_read(user, approval)
    shared = {
        "title": approvals.name_of_action(approval.action),
        "approval": approval,
        "subject": subject_in_words(approval, campaign_names([approval]), is_readable=is_readable),
    }
    return render_desk_page(request, f"desk/approvals/{page}.html", {**shared, **context})


def decide(
    request: HttpRequest,
    approval_id: int,
    decision: Callable[..., Approval],
    actor: Actor,
    done: str,
    **arguments: str,
) -> HttpResponse:
    """Decide, and lead back to the card, which shows what came of it or why it was refused."""
    try:
        decision(approval_id=approval_id, actor=actor, at=clock.now(), **arguments)
    except Refusal as refusal:  # of any app: an approval carries out actions of all
        return back_to_card(request, approval_id, str(refusal))
    messages.success(request, done)
    return redirect("desk:approval", approval_id)


def back_to_card(request: HttpRequest, approval_id: int, warning: str) -> HttpResponse:
    """Lead back to the card with a warning."""
    messages.warning(request, warning)
    return redirect("desk:approval", approval_id)


def read_number(text: str) -> int | None:
    """Return the number of a request in an address; None where there is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS else None
