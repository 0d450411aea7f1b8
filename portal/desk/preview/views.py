"""The pages."""

from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from campaign.findings import refusing
from campaign.models import Terms
from campaign.terms import check_terms
from core import clock
from core.admin_base import require_permission
from lottery.refusals import LotteryRefusal
from portal import announcement
from portal.desk.frame import render_desk_page
from portal.desk.preview import pages, rehearsals
from portal.desk.preview.scenes import Scene, SceneForm, versions_of

PERMISSION = "campaign.view_terms"
# What a previewed page may do: be in a frame of ours, and nothing.
INERT = {"frame-ancestors": [SELF], "script-src": [NONE], "form-action": [NONE]}
NOINDEX = "noindex, nofollow"


def find_versions(code: str) -> list[Terms]:
    """Return the versions of a campaign's terms, the last first.

    Raises:
        Http404: there is no such campaign, or it has no terms.
    """
    versions = versions_of(code)
    if not versions:
        raise Http404
    return versions


@require_safe
@csp_replace({"frame-src": [SELF]})  # type: ignore[arg-type] # typed for views without arguments
def show_preview(request: HttpRequest, code: str) -> HttpResponse:
    """Show the choices of a preview, and the chosen page in a frame."""
    require_permission(request, PERMISSION)
    versions = find_versions(code)
    form = SceneForm(request.GET, versions)
    context: dict[str, Any] = {
        "title": _("Preview of %(name)s") % {"name": announcement.name_of(versions[0])},
        "form": form,
        "code": code,
    }
    if form.is_valid():
        scene = form.scene(now=clock.now())
        context |= {
            "address": pages.address_of(scene, scene.page),
            "page_name": scene.page.label,
            "width": form.cleaned_data["width"],
        }
    response = render_desk_page(request, "desk/preview/preview.html", context)
    response.headers["X-Robots-Tag"] = NOINDEX
    return response


@require_safe
@xframe_options_sameorigin
@csp_replace(INERT)  # type: ignore[arg-type] # typed for views without arguments
def show_previewed_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show the page of a scene by itself, as members would see it."""
    require_permission(request, PERMISSION)
    form = SceneForm(request.GET, find_versions(code))
    if not form.is_valid():
        raise Http404
    scene = form.scene(now=clock.now())
    try:
        response = HttpResponse(pages.render_scene(request, scene))
    except pages.CannotBeShown:
        response = show_unfinished(request, scene)
    response.headers["X-Robots-Tag"] = NOINDEX
    return response


def show_unfinished(request: HttpRequest, scene: Scene) -> HttpResponse:
    """Show what a draft lacks that cannot be put into words yet."""
    findings = refusing(check_terms(scene.terms))
    return render(request, "desk/preview/cannot_be_shown.html", {"findings": findings})


@require_safe
def show_rehearsal(request: HttpRequest, code: str) -> HttpResponse:
    """Show what a version of the terms would come to with bookings that are known.

    It is computed once bookings are chosen; nothing is saved.
    """
    require_permission(request, PERMISSION)
    versions = find_versions(code)
    form = rehearsals.RehearsalForm(request.GET, versions)
    context: dict[str, Any] = {
        "title": _("Rehearsal of %(name)s") % {"name": announcement.name_of(versions[0])},
        "form": form,
        "code": code,
    }
    if form.is_valid():
        try:
            context |= rehearsals.rehearse_choice(form)
        except LotteryRefusal as refusal:
            context["refusal"] = str(refusal)
    return render_desk_page(request, "desk/preview/rehearsal.html", context)
