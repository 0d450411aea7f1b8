"""The pages: a search, and the case of one member."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaign.admin.campaign_filter import CampaignFilter, chosen_campaign
from campaign.models import Campaign
from campaign.queries import terms_in_force
from core import clock
from core.admin_base import require_permission
from core.audit import Actor
from core.masking import mask_identifier
from entries import cases, looking
from entries.looking import TooManyLookUps
from entries.models import MemberCase
from lottery import receipts
from lottery.queries import standing_draw
from lottery.refusals import NoReceipt
from portal import announcement
from portal.desk.frame import render_desk_page
from portal.desk.member import replies, searching
from portal.desk.member.facts import answer_in_words, find_facts
from portal.desk.member.forms import ChoiceForm, IdentityForm, NoteForm, SearchForm
from portal.desk.member.searching import Found

TOO_MANY_REQUESTS = 429
SHOWN_CASES = 10


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def show_member(request: HttpRequest) -> HttpResponse:
    """Search for a member; where exactly one is meant, redirect to the case of that one."""
    actor = require_permission(request, looking.PERMISSION)
    if request.method != "POST":
        return render_search(request, actor, form=SearchForm())
    choice = ChoiceForm(request.POST)
    form = SearchForm(None if choice.is_valid() else request.POST)
    if not choice.is_valid() and not form.is_valid():
        return render_search(request, actor, form=form)
    now = clock.now()
    try:
        found = (
            searching.choose(wester_id=choice.cleaned_data["wester_id"], actor=actor, at=now)
            if choice.is_valid()
            else searching.search(identifier=form.cleaned_data["identifier"], actor=actor, at=now)
        )
    except TooManyLookUps as refusal:
        messages.warning(request, str(refusal))
        return render_search(request, actor, form=form, status=TOO_MANY_REQUESTS)
    if found.case:
        return redirect(address_of(found.case, found.campaign))
    return render_search(request, actor, form=form, found=found)


def render_search(
    request: HttpRequest,
    actor: Actor,
    *,
    form: SearchForm,
    found: Found | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the search with what it found, the person's last cases and those handed over."""
    context = {
        "title": pgettext("desk", "Member"),
        "form": form,
        "found": found,
        "own_cases": [
            (one, mask_identifier(one.wester_id))
            for one in cases.last_cases_of(actor.user)[:SHOWN_CASES]
        ],
        "handed_over": [
            (note, mask_identifier(note.case.wester_id)) for note in cases.handed_over()
        ],
    }
    response = render_desk_page(request, "desk/member/member.html", context)
    response.status_code = status
    return response


def address_of(case: MemberCase, campaign: str = "") -> str:
    """Return the address of a case, which names no member, with a campaign that is chosen."""
    address = reverse("desk:case", args=[case.token])
    chosen = {CampaignFilter.parameter_name: campaign}
    return f"{address}?{urlencode(chosen)}" if campaign else address


@require_safe
def show_case(request: HttpRequest, token: str) -> HttpResponse:
    """Show a member; a case of another person becomes one of this person's own."""
    actor = require_permission(request, looking.PERMISSION)
    case, now = get_case_or_404(token), clock.now()
    if case.opened_by_id != actor.user.pk:
        return open_own_case(request, case, actor, now)
    return render_case(request, case, actor, now=now)


def open_own_case(
    request: HttpRequest, case: MemberCase, actor: Actor, now: datetime
) -> HttpResponse:
    """Redirect to a case of this person about the same member."""
    code = request.GET.get(CampaignFilter.parameter_name, "")
    try:
        found = searching.choose(wester_id=case.wester_id, actor=actor, at=now)
    except TooManyLookUps as refusal:
        messages.warning(request, str(refusal))
        return render_search(request, actor, form=SearchForm(), status=TOO_MANY_REQUESTS)
    if found.case is None:
        raise Http404
    return redirect(address_of(found.case, code))


def get_case_or_404(token: str) -> MemberCase:
    """Return the case of this address.

    Raises:
        Http404: there is none.
    """
    case = MemberCase.objects.filter(token=token).first()
    if case is None:
        raise Http404
    return case


def render_case(
    request: HttpRequest,
    case: MemberCase,
    actor: Actor,
    *,
    now: datetime,
    identity: IdentityForm | None = None,
    note: NoteForm | None = None,
) -> HttpResponse:
    """Render a member in the chosen campaign, and record in the audit that it was looked at."""
    campaign = chosen_campaign(request)
    masked, names = mask_identifier(case.wester_id), campaign_names()
    may_note = actor.user.has_perm(cases.MAY_NOTE)
    context: dict[str, Any] = {
        "title": pgettext("desk", "Member …%(end)s") % {"end": masked[-2:]},
        "case": case,
        "masked": masked,
        "campaign": campaign,
        "campaigns": names.items(),
        "may_note": may_note,
        "identity": identity or IdentityForm(),
        "note": note or NoteForm(),
        "notes": [
            (one, names.get(one.campaign.code, one.campaign.code) if one.campaign else "")
            for one in cases.notes_of(case.wester_id)
        ],
        "cases": cases.cases_of(case.wester_id),
        "query": f"?{urlencode({'campaign': campaign.code})}" if campaign else "",
    }
    seen: dict[str, Any] = {"case": case.pk}
    if campaign:
        facts = find_facts(campaign, case.wester_id, now=now)
        seen |= {"rows": [row.pk for row in facts.rows]} if facts.rows else {}
        context |= facts.seen | {
            "terms": facts.terms,
            "facts": facts,
            "replies": replies.write_replies(facts),
            "answers": [(one, answer_in_words(one)) for one in facts.answers],
            "may_issue": facts.has_receipt and actor.user.has_perm(receipts.PERMISSION),
        }
    looking.record_look_up(campaign, case.wester_id, actor=actor, at=now, **seen)
    return render_desk_page(request, "desk/member/case.html", context)


def campaign_names() -> dict[str, str]:
    """Return the published campaigns by code: month of the opening and name, the last one first."""
    label = pgettext("desk", "%(month)s: %(name)s")
    return {
        terms.campaign.code: label
        % {
            "month": date_format(localtime(terms.opens_at), "YEAR_MONTH_FORMAT"),
            "name": announcement.name_of(terms),
        }
        for terms in terms_in_force().order_by("-opens_at", "-campaign_id")
    }


@sensitive_post_parameters()
@require_POST
def check_identity(request: HttpRequest, token: str) -> HttpResponse:
    """Check what a caller said, and show whether it is right."""
    actor, case = own_case_or_404(request, token)
    form = IdentityForm(request.POST)
    now = clock.now()
    if not form.is_valid():
        return render_case(request, case, actor, now=now, identity=form)
    if cases.check_identity(case=case, actor=actor, at=now, **form.cleaned_data):
        messages.success(request, _("Identity check: this is right."))
    else:
        messages.warning(request, _("Identity check: this is wrong."))
    return back_to(request, case)


@sensitive_post_parameters()
@require_POST
def add_note(request: HttpRequest, token: str) -> HttpResponse:
    """Note what was answered."""
    actor, case = own_case_or_404(request, token)
    form = NoteForm(request.POST)
    now = clock.now()
    if not form.is_valid():
        return render_case(request, case, actor, now=now, note=form)
    campaign = chosen_campaign(request)
    cases.add_note(case=case, campaign=campaign, actor=actor, at=now, **form.cleaned_data)
    messages.success(request, _("The note is saved."))
    return back_to(request, case)


@require_POST
def issue_receipt(request: HttpRequest, token: str) -> HttpResponse:
    """Send the member's receipt of the draw as a file."""
    actor, case = own_case_or_404(request, token, permission=receipts.PERMISSION)
    campaign = chosen_campaign(request)
    draw = standing_draw(campaign) if campaign else None
    if draw is None:
        raise Http404
    try:
        content = receipts.issue_receipt(
            draw=draw, wester_id=case.wester_id, actor=actor, at=clock.now()
        )
    except NoReceipt as refusal:
        messages.warning(request, str(refusal))
        return back_to(request, case)
    headers = {"Content-Disposition": 'attachment; filename="receipt.json"'}
    return HttpResponse(content, content_type="application/json", headers=headers)


def own_case_or_404(
    request: HttpRequest, token: str, *, permission: str = cases.MAY_NOTE
) -> tuple[Actor, MemberCase]:
    """Return the person who may do this, and the case of their own.

    Raises:
        PermissionDenied: they may not.
        Http404: there is no such case of theirs.
    """
    actor = require_permission(request, looking.PERMISSION)
    require_permission(request, permission)
    case = get_case_or_404(token)
    if case.opened_by_id != actor.user.pk:
        raise Http404
    return actor, case


def back_to(request: HttpRequest, case: MemberCase) -> HttpResponse:
    """Redirect to the page of a case, with the campaign that was chosen on it."""
    campaign: Campaign | None = chosen_campaign(request)
    return redirect(address_of(case, campaign.code if campaign else ""))
