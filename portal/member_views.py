"""What only a member sees and does: entering, and their own page."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from campaign import clock
from campaign.models import Terms
from entries import entering
from entries.models import Member
from entries.refusals import EntriesRefusal
from portal import my_page
from portal.queries import find_member, shown_terms


@require_POST
@never_cache
def enter(request: HttpRequest, code: str) -> HttpResponse:
    """Enter the member who is signed in; pressed again, say so and change nothing.

    The instant is taken before anything waits. Whoever is not signed in is led to WESTER ID and
    back to the campaign, where the button is.
    """
    arrived_at = clock.now()
    terms, member = find_terms(code), find_member(request.user)
    if member is None:
        return redirect_to_login(reverse("portal:campaign", args=[code]))
    try:
        entered = entering.enter(terms=terms, wester_id=member.wester_id, entered_at=arrived_at)
    except EntriesRefusal as refusal:
        messages.warning(request, str(refusal))
    else:
        say_entered(request, is_new=entered.is_new)
    return redirect("portal:my_page", code)


def say_entered(request: HttpRequest, *, is_new: bool) -> None:
    """Say what the press did; the receipt itself stands on the page for ever."""
    if is_new:
        messages.success(request, _("Your entry is complete."))
    else:
        messages.info(request, _("You have entered already."))


@require_safe
@never_cache
def show_my_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show a member their own standing, and nobody else's."""
    terms, member = find_terms(code), find_member(request.user)
    if member is None:
        return redirect_to_login(request.path)
    context = my_page.page_context(terms, member.wester_id, now=clock.now())
    return render(request, "portal/my_page.html", context)


def find_terms(code: str) -> Terms:
    """Return the terms in force, or answer that there is no such page."""
    terms = shown_terms(code)
    if terms is None:
        raise Http404
    return terms
