"""The admin views beside the list of draws: download a bundle, issue a receipt."""

import tempfile
import zipfile
from contextlib import ExitStack
from typing import IO

from django import forms
from django.contrib import admin, messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from core import clock
from core.admin_base import render_admin_page, require_permission
from core.errors import Refusal, system_failed
from entries.forms import KnownWesterIdField
from lottery import bundle, receipts
from lottery.models import Draw
from lottery.queries import LARGE_COLUMNS


class ReceiptForm(forms.Form):
    """The member whose receipt is issued; sent by POST, so that no address names one."""

    wester_id = KnownWesterIdField()


def url_patterns() -> list[URLPattern]:
    """Return the URL patterns of these views, relative to the list of draws."""
    return [
        path(route, admin.site.admin_view(view), name=f"lottery_draw_{name}")
        for route, view, name in (
            ("<int:pk>/bundle.zip", download_bundle, "bundle"),
            ("<int:pk>/receipt/", issue_receipt, "receipt"),
        )
    ]


@require_safe
@never_cache
def download_bundle(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the files of a draw that the user may read as a zip archive, also unpublished ones."""
    actor = require_permission(request, bundle.PERMISSION)
    draw = get_draw_or_404(pk)
    files = bundle.files_for(actor.user, draw)
    bundle.record_export(draw, actor=actor, at=clock.now(), files=files)
    try:
        archive_file = pack_files(files)
    except OSError as failure:  # the disk is full
        text = _("The bundle could not be packed. %(reason)s") % {"reason": system_failed(failure)}
        messages.error(request, text)
        return redirect("admin:lottery_draw_change", draw.pk)
    name = f"draw-{draw.campaign.code}-{draw.sequence}.zip"
    return FileResponse(archive_file, as_attachment=True, filename=name)


def pack_files(files: dict[str, bundle.FileStream]) -> IO[bytes]:
    """Pack files into a temporary zip archive, open at its start.

    Raises:
        OSError: the archive cannot be written.
    """
    with ExitStack() as stack:
        archive_file = stack.enter_context(tempfile.TemporaryFile())
        with zipfile.ZipFile(archive_file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, stream in files.items():
                with archive.open(name, "w", force_zip64=True) as file:
                    for block in stream():
                        file.write(block)
        archive_file.seek(0)
        stack.pop_all()
    return archive_file


@sensitive_post_parameters("wester_id")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def issue_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a member's receipt as the verifier's input file, and record who issued it."""
    actor = require_permission(request, receipts.PERMISSION)
    draw = get_draw_or_404(pk)
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
    context = {"title": _("Issue a member's receipt"), "form": form, "draw": draw}
    return render_admin_page(request, "admin/lottery/receipt.html", context)


def get_draw_or_404(pk: int) -> Draw:
    """Return a draw without the content of its files.

    Raises:
        Http404: there is no such draw.
    """
    draws = Draw.objects.select_related("campaign").defer(*LARGE_COLUMNS)
    draw: Draw = get_object_or_404(draws, pk=pk)
    return draw
