"""The page of the draw, the files that prove it, and each entrant's own receipt."""

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers, get_conditional_response
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaign.queries import get_terms_or_404
from core import clock, shared_pages
from entries.models import Member
from entries.queries import find_signed_in_member
from lottery import bundle, draw_page, receipt_page, receipts
from lottery.bundle import Open
from lottery.models import Draw

# What was once published never changes, so nobody need ask for it again.
FOR_EVER = "public, max-age=31536000, immutable"
CONTENT_TYPES = {
    "json": "application/json",
    "sig": "text/plain; charset=us-ascii",
    "bin": "application/octet-stream",
    "py": "text/x-python; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}


@require_safe
def show_draw(request: HttpRequest, code: str) -> HttpResponse:
    """Show the draw: to everybody the same page, to a visitor with a session their own."""
    now = clock.now()
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        return show_personal_draw(request, code)
    page = draw_page.shared_draw_page(code, now=now)
    if page is None:
        raise Http404
    return shared_pages.answer(request, page, now)


def show_personal_draw(request: HttpRequest, code: str) -> HttpResponse:
    """Show the draw to a visitor with a session; nobody may keep this answer for others."""
    context = draw_page.page_context(get_terms_or_404(code), now=clock.now())
    member = find_signed_in_member(request.user)
    if member is not None:
        context["member"] = member
        context["my_receipt"] = receipt_page.find_address(context["shown"], member.wester_id)
    response = render(request, draw_page.TEMPLATE, context)
    add_never_cache_headers(response)
    return response


@require_safe
def show_files(request: HttpRequest, code: str, sequence: int) -> HttpResponse:
    """Lead from the folder of a draw's files to the list of them."""
    find_draw(code, sequence)
    response = redirect(f"{reverse('lottery:draw', args=[code])}#draw-{sequence}")
    add_never_cache_headers(response)
    return response


@require_safe
def download(request: HttpRequest, code: str, sequence: int, name: str) -> HttpResponseBase:
    """Send a file of a draw's bundle, once it is public.

    The manifest hash fixes every byte of the bundle, the result's too, so it also names them.
    """
    draw = find_draw(code, sequence)
    stream = bundle.public_files(draw).get(name)
    if stream is None:
        raise Http404
    etag = f'"{bytes(draw.manifest_sha256).hex()[:32]}-{name}"'
    known = get_conditional_response(request, etag=etag)
    response = known or file_response(name, stream)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = FOR_EVER
    return response


def file_response(name: str, stream: Open) -> HttpResponseBase:
    """Return a file to be saved under its own name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    content_type = CONTENT_TYPES[name.rpartition(".")[2]]
    return StreamingHttpResponse(stream(), content_type=content_type, headers=headers)


@require_safe
@never_cache
def show_receipt(request: HttpRequest, code: str, sequence: int) -> HttpResponse:
    """Show an entrant their own receipt of a draw, and have their browser check it."""
    member = find_signed_in_member(request.user)
    if member is None:
        return redirect_to_login(request.path)
    terms, draw = get_terms_or_404(code), find_draw(code, sequence)
    context = receipt_page.page_context(terms, draw, member.wester_id, now=clock.now())
    if context is None:
        raise Http404
    return render(request, receipt_page.TEMPLATE, {**context, "member": member})


@require_safe
@never_cache
def download_receipt(request: HttpRequest, code: str, sequence: int) -> HttpResponse:
    """Send an entrant their own receipt as the file that every verifier reads."""
    member: Member | None = find_signed_in_member(request.user)
    if member is None:
        return redirect_to_login(request.path)
    draw = find_draw(code, sequence)
    content = receipts.receipt_json(draw, member.wester_id)
    if content is None:
        raise Http404
    headers = {"Content-Disposition": 'attachment; filename="receipt.json"'}
    return HttpResponse(content, content_type="application/json", headers=headers)


def find_draw(code: str, sequence: int) -> Draw:
    """Return a draw without its files' bytes, or answer that there is none."""
    draws = Draw.objects.filter(campaign__code=code, sequence=sequence)
    draw = draw_page.with_manifest(draws).first()
    if draw is None:
        raise Http404
    return draw
