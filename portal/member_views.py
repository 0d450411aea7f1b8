"""The views of signed-in members: the entry button and my page."""

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

from campaign.queries import get_terms_or_404
from core import clock
from core.errors import DATABASE_AWAY
from entries import entering
from entries.entering import Entered
from entries.queries import find_signed_in_member, find_visit
from entries.refusals import EntriesRefusal
from portal import errors, formats, my_page

log = structlog.get_logger(__name__)
DOUBLE_CLICK = timedelta(seconds=10)


@never_cache
def post_entry(request: HttpRequest, code: str) -> HttpResponse:
    """Enter the signed-in member; a repeated request changes nothing.

    The time of the request is read before anything waits. A browser that opens the address itself,
    as after a failed request, gets a link to the campaign page.
    """
    if request.method != "POST":
        return errors.method_not_allowed(request)
    arrived_at = clock.now()
    try:
        return enter_and_redirect(request, code, arrived_at)
    except entering.EntryUnconfirmed as failure:
        log.exception("entry_unconfirmed", exc_info=failure)
        return errors.entry_unconfirmed(request)
    except DATABASE_AWAY as failure:
        log.exception("entry_not_made", failure=type(failure).__name__, exc_info=failure)
        return errors.entry_not_made(request)


def enter_and_redirect(request: HttpRequest, code: str, arrived_at: datetime) -> HttpResponse:
    """Enter the member and redirect to my page, which shows the receipt.

    A visitor who is not signed in is redirected to WESTER ID, and from there to the campaign page,
    where the button is.
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
        add_entry_message(request, entered, arrived_at)
    return redirect("portal:my_page", code)


def add_entry_message(request: HttpRequest, entered: Entered, arrived_at: datetime) -> None:
    """Add the message about the entry that my page shows once.

    A double click sends two requests. The browser shows only the second answer, often without the
    cookies of the first one, so within some seconds the second message is that of a new entry.
    """
    entered_at = entered.entry.entered_at
    if entered.is_new:
        messages.success(request, _("Your entry is complete."))
    elif len(messages.get_messages(request)):
        return
    elif abs(arrived_at - entered_at) < DOUBLE_CLICK:
        messages.success(request, _("Your entry is complete."))
    else:
        moment = formats.minute_in_words(localtime(entered_at))
        messages.info(request, _("You have already entered (%(moment)s).") % {"moment": moment})


@require_safe
@never_cache
def show_my_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show the signed-in member their own entry, total, bookings and result."""
    terms, member = get_terms_or_404(code), find_signed_in_member(request.user)
    if member is None:
        return redirect_to_login(request.path)
    context = my_page.my_page_context(terms, member.wester_id, now=clock.now())
    return render(request, my_page.TEMPLATE, {**context, "member": member})
