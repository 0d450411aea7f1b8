"""What staff see across the apps; the admin's own sign-in stands before both pages."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from campaign import clock
from campaign.audit import Actor
from campaign.forms import PublishedCampaignField
from campaign.models import User
from entries.forms import WesterIdField
from portal import look_up, overview


class LookUpForm(forms.Form):
    """Whom to look up, in which campaign; sent by POST, so that no address names a member."""

    campaign = PublishedCampaignField()
    wester_id = WesterIdField()


@require_safe
@never_cache
def show_overview(request: HttpRequest) -> HttpResponse:
    """Show where every campaign stands."""
    context = {"title": _("Overview"), **overview.page_context(now=clock.now())}
    return staff_page(request, "overview", context)


@sensitive_post_parameters("wester_id")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def show_member(request: HttpRequest) -> HttpResponse:
    """Look one member up."""
    user = cast("User", request.user)  # the admin lets nobody else in
    if not user.has_perm(look_up.PERMISSION):
        raise PermissionDenied
    form = LookUpForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"title": _("Look a member up"), "form": form}
    if form.is_valid():
        found = look_up.look_up_member(**form.cleaned_data, actor=Actor(user), at=clock.now())
        context |= found
    return staff_page(request, "member", context)


def staff_page(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    """Render a page in the admin's frame."""
    frame = admin.site.each_context(request)
    return TemplateResponse(request, f"admin/portal/{name}.html", {**frame, **context})
