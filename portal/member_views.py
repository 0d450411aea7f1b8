"""What only a member sees and does: entering, and their own page."""

from datetime import datetime, timedelta

import structlog
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaign.models import Terms
from campaign.queries import shown_terms
from core import clock
from core.errors import DATABASE_AWAY
from entries import entering
from entries.entering import Entered
from entries.queries import find_signed_in_member, find_visit
from entries.refusals import EntriesRefusal
from portal import errors, formats, my_page

log = structlog.get_logger(__name__)
ONE_PRESS = timedelta(seconds=10)


@never_cache
def enter(request: HttpRequest, code: str) -> HttpResponse:
    """Enter the member who is signed in; pressed again, say so and change nothing.

    The instant is taken before anything waits. Whoever loads the address itself, as after a press
    that failed, finds the way back to the button.
    """
    if request.method != "POST":
        return errors.not_pressed(request)
    arrived_at = clock.now()
    try:
        return answer_press(request, code, arrived_at)
    except entering.EntryUnconfirmed as failure:
        log.exception("entry_unconfirmed", exc_info=failure)
        return errors.entry_unconfirmed(request)
    except DATABASE_AWAY as failure:
        log.exception("entry_not_made", failure=type(failure).__name__, exc_info=failure)
        return errors.entry_not_made(request)


def answer_press(request: HttpRequest, code: str, arrived_at: datetime) -> HttpResponse:
    """Do what the button asks for and lead on to my page, which shows the receipt.

    Whoever is not signed in is led to WESTER ID and back to the campaign, where the button is.
    """
    visit = find_visit(code, request.user)
    if visit is None:
        raise Http404
    if visit.wester_id is None:
        return redirect_to_login(reverse("portal:campaign", args=[code]))
    try:
        entered = entering.enter_campaign(
            period=visit, wester_id=visit.wester_id, entered_at=arrived_at
        )
    except EntriesRefusal as refusal:
        messages.warning(request, str(refusal))
    else:
        say_entered(request, entered, arrived_at)
    return redirect("portal:my_page", code)


def say_entered(request: HttpRequest, entered: Entered, arrived_at: datetime) -> None:
    """Say what the press did; the receipt itself stands on the page for ever.

    A double click sends twice and the browser shows the second answer alone, often without having
    taken the first one's cookies: within some seconds of the entry it says what the first one did.
    """
    entered_at = entered.entry.entered_at
    if entered.is_new:
        messages.success(request, _("Your entry is complete."))
    elif len(messages.get_messages(request)):
        return
    elif abs(arrived_at - entered_at) < ONE_PRESS:
        messages.success(request, _("Your entry is complete."))
    else:
        moment = formats.minute_in_words(localtime(entered_at))
        messages.info(request, _("You have already entered (%(moment)s).") % {"moment": moment})


@require_safe
@never_cache
def show_my_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show a member their own standing, and nobody else's."""
    terms, member = find_terms(code), find_signed_in_member(request.user)
    if member is None:
        return redirect_to_login(request.path)
    context = my_page.page_context(terms, member.wester_id, now=clock.now())
    return render(request, my_page.TEMPLATE, {**context, "member": member})


def find_terms(code: str) -> Terms:
    """Return the terms in force, or answer that there is no such page."""
    terms = shown_terms(code)
    if terms is None:
        raise Http404
    return terms
