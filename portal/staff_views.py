"""The staff's page across the apps: a look-up of one member."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from campaign.admin.campaign_filter import chosen_campaign
from campaign.forms import PublishedCampaignField
from core import clock
from core.admin_base import render_admin_page, require_permission
from entries import looking
from entries.forms import WesterIdField
from portal import look_up


class LookUpForm(forms.Form):
    """A member and a campaign; sent by POST: no address contains a WESTER ID."""

    campaign = PublishedCampaignField()
    wester_id = WesterIdField()


@sensitive_post_parameters("wester_id")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def show_member(request: HttpRequest) -> HttpResponse:
    """Look one member up in one campaign."""
    actor = require_permission(request, looking.PERMISSION)
    form = LookUpForm(
        request.POST if request.method == "POST" else None,
        initial={"campaign": chosen_campaign(request)},
    )
    context: dict[str, Any] = {"title": _("Look a member up"), "form": form}
    if form.is_valid():
        context |= look_up.look_up_member(**form.cleaned_data, actor=actor, at=clock.now())
    return render_admin_page(request, "admin/portal/member.html", context)
