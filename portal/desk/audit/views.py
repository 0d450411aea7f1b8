"""The pages of the audit."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.admin_base import require_permission
from core.errors import Refusal
from core.models import User
from lottery import bundle
from lottery.models import Draw
from lottery.queries import LARGE_COLUMNS
from portal.desk.audit import exporting, law, retention, searching, verifying
from portal.desk.audit.forms import MAX_NUMBER, SearchForm
from portal.desk.audit.searching import Position
from portal.desk.audit.words import Describer, name_of_draw
from portal.desk.frame import csv_response, render_desk_page

MAY_SEE = "core.view_auditrecord"


@require_safe
def show_audit(request: HttpRequest) -> HttpResponse:
    """Show the newest records, or those that a search finds."""
    reader = require_permission(request, MAY_SEE).user
    form = SearchForm(request.GET)
    context = {
        "title": pgettext("desk", "Audit"),
        "form": form,
        "people": User.objects.filter(is_staff=True).order_by("username").values_list("username"),
    }
    if form.is_valid():
        page = searching.find_page(form.search(), after=form.cleaned_data["after"])
        describer = Describer(reader)
        context |= {
            "records": [describer.describe(one) for one in page.records],
            "is_first": form.cleaned_data["after"] is None,
            "older": address_of(request.GET, page.next) if page.next else "",
            "newest": address_of(request.GET, None),
            "looked_back_to": page.looked_back_to,
            "query": query_of(request.GET, None),
        }
    return render_desk_page(request, "desk/audit/audit.html", context)


@require_POST
def export_audit(request: HttpRequest) -> HttpResponse:
    """Send the records that the search in the address finds as CSV, and record that."""
    actor = require_permission(request, MAY_SEE)
    form = SearchForm(request.GET)
    if not form.is_valid():
        return redirect(address_of(request.GET, None))
    at = clock.now()
    try:
        content = exporting.export_records(form.search(), actor=actor, at=at)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(address_of(request.GET, None))
    return csv_response(content, name=f"audit-{at:%Y%m%d-%H%M%S}.csv")


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Show the draws and the newest seal; verify the one draw, or the seals, that a form names."""
    actor = require_permission(request, MAY_SEE)
    require_permission(request, bundle.PERMISSION)
    context: dict[str, Any] = {"title": pgettext("desk", "Verify")}
    if "draw" in request.POST:
        draw = get_draw_or_404(request.POST["draw"])
        context |= {
            "verified": name_of_draw(draw),
            "verdict": verifying.verify_draw(draw, actor=actor, at=clock.now()),
        }
    elif "seals" in request.POST:
        context["seals"] = verifying.verify_seals(actor=actor)
    context |= {"draws": verifying.list_draws(), "newest": verifying.newest_seal()}
    return render_desk_page(request, "desk/audit/verify.html", context)


def get_draw_or_404(number: str) -> Draw:
    """Return a draw by the number of its row.

    Raises:
        Http404: there is none.
    """
    if not number.isdecimal() or len(number) > len(str(MAX_NUMBER)) or int(number) > MAX_NUMBER:
        raise Http404
    draws = Draw.objects.select_related("campaign", "terms").defer(*LARGE_COLUMNS)
    draw: Draw = get_object_or_404(draws, pk=int(number))
    return draw


@require_safe
def show_law(request: HttpRequest) -> HttpResponse:
    """Show what the prize law was judged by, for each published version of the terms."""
    require_permission(request, MAY_SEE)
    require_permission(request, "campaign.view_terms")
    context = {"title": pgettext("desk", "Prize law"), "records": law.list_law_records()}
    return render_desk_page(request, "desk/audit/law.html", context)


@require_safe
def show_retention(request: HttpRequest) -> HttpResponse:
    """Show what is kept how long, and what was removed, when and by whom."""
    reader = require_permission(request, MAY_SEE).user
    context = {
        "title": pgettext("desk", "Retention and erasure"),
        "kept": retention.KEPT,
        "campaigns": retention.list_campaigns(today=localtime(clock.now()).date()),
        "forgotten": retention.list_forgotten_keys(),
    }
    if reader.has_perm("points.view_purge"):
        context["purges"] = retention.list_purges()
    if reader.has_perm("points.view_erasure"):
        context["erasures"] = retention.list_erasures()
    return render_desk_page(request, "desk/audit/retention.html", context)


def address_of(given: QueryDict, position: Position | None) -> str:
    """Return the address of a page of a search, from a position on."""
    query = query_of(given, position)
    return f"{reverse('desk:audit')}?{query}" if query else reverse("desk:audit")


def query_of(given: QueryDict, position: Position | None) -> str:
    """Return the part of an address that says what is looked for, and from which position on."""
    known = {name: given[name] for name in SearchForm.base_fields if given.get(name)}
    known.pop("after", None)
    if position:
        known["after"] = f"{position.at.isoformat()},{position.number}"
    return urlencode(known)
