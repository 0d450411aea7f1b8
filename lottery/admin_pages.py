"""What staff do with a draw beside its list: freeze one, take its bundle, issue a receipt."""

import tempfile
import zipfile
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from bookings import quarantine
from campaign.forms import PublishedCampaignField
from core import clock
from core.audit import Actor
from core.errors import Refusal
from core.models import User
from entries.feeds import FEEDS
from entries.forms import KnownWesterIdField
from lottery import bundle, chains, freezing, receipts
from lottery.models import Draw
from lottery.queries import FILES


class FreezeForm(forms.Form):
    """Whose entrants to freeze, and the round that will decide."""

    campaign = PublishedCampaignField()
    round_time = forms.DateTimeField(
        label=gettext_lazy("first round at or after (Japan time)"),
        widget=forms.DateTimeInput({"type": "datetime-local", "step": "1"}),
    )
    chain = forms.ChoiceField(
        label=gettext_lazy("beacon chain"), choices=Draw.Chain.choices, initial=chains.default_chain
    )


class ReceiptForm(forms.Form):
    """Whose receipt; sent by POST, so that no address names a member."""

    wester_id = KnownWesterIdField()


def addresses() -> list[URLPattern]:
    """Return the addresses of these pages, below that of the list of draws."""
    return [
        path(where, admin.site.admin_view(view), name=f"lottery_draw_{name}")
        for where, view, name in (
            ("freeze/", freeze, "freeze"),
            ("<int:pk>/bundle.zip", download_bundle, "bundle"),
            ("<int:pk>/receipt/", issue_receipt, "receipt"),
        )
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def freeze(request: HttpRequest) -> HttpResponse:
    """Freeze the entrants of a campaign, as ``draw freeze`` does."""
    actor = actor_of(request, freezing.PERMISSION)
    form = FreezeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            draw = freezing.freeze_draw(**form.cleaned_data, at=clock.now(), actor=actor)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            said = _("Frozen with %(count)s entrants.") % {"count": f"{draw.entry_count:,}"}
            messages.success(request, said)
            for warning in quarantine.open_row_warnings(FEEDS):
                messages.warning(request, warning)
            return redirect("admin:lottery_draw_change", draw.pk)
    return page(request, "freeze", {"title": _("Freeze the entrants"), "form": form})


@require_safe
@never_cache
def download_bundle(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send every file that there is of a draw, for those who check it before it is public."""
    actor = actor_of(request, bundle.MAY_SEE)
    draw = find(pk)
    if not bundle.is_public(draw):
        bundle.record_export(draw, actor=actor, at=clock.now())
    packed = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, open_ in bundle.bundle_files(draw).items():
            with archive.open(name, "w", force_zip64=True) as file:
                for block in open_():
                    file.write(block)
    packed.seek(0)
    name = f"draw-{draw.campaign.code}-{draw.sequence}.zip"
    return FileResponse(packed, as_attachment=True, filename=name)


@sensitive_post_parameters("wester_id")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def issue_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a member's receipt as the file that every verifier reads; the audit keeps who asked."""
    actor = actor_of(request, receipts.PERMISSION)
    draw = find(pk)
    form = ReceiptForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            content = receipts.issue_receipt(
                draw=draw, **form.cleaned_data, actor=actor, at=clock.now()
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            headers = {"Content-Disposition": 'attachment; filename="receipt.json"'}
            return HttpResponse(content, content_type="application/json", headers=headers)
    title = _("Issue a member's receipt")
    return page(request, "receipt", {"title": title, "form": form, "draw": draw})


def actor_of(request: HttpRequest, permission: str) -> Actor:
    """Return who is at work, or answer that they may not."""
    user = cast("User", request.user)  # the admin lets nobody else in
    if not user.has_perm(permission):
        raise PermissionDenied
    return Actor(user)


def find(pk: int) -> Draw:
    """Return a draw, or answer that there is no such page."""
    draws = Draw.objects.select_related("campaign").defer(*FILES)
    draw: Draw = get_object_or_404(draws, pk=pk)
    return draw


def page(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    """Render a page in the admin's frame."""
    frame = admin.site.each_context(request)
    return TemplateResponse(request, f"admin/lottery/{name}.html", {**frame, **context})
