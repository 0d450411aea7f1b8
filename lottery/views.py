"""The page of the draw, its published files, and each entrant's own receipt."""

from functools import cache

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
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
from lottery.bundle import FileStream
from lottery.models import Draw
from lottery.queries import find_signing_keys
from lottery.shown_prizes import gives_to_all

# A published file never changes, so caches need not request it again.
CACHE_FOREVER = "public, max-age=31536000, immutable"
CONTENT_TYPES = {
    "json": "application/json",
    "sig": "text/plain; charset=us-ascii",
    "bin": "application/octet-stream",
    "py": "text/x-python; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}


@require_safe
def show_draw(request: HttpRequest, code: str) -> HttpResponse:
    """Show the draw: a shared page, or a visitor's own where they have a session."""
    now = clock.now()
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        return show_personal_draw(request, code)
    page = draw_page.shared_draw_page(code, now=now)
    if page is None:
        raise Http404
    return shared_pages.answer(request, page, now)


def show_personal_draw(request: HttpRequest, code: str) -> HttpResponse:
    """Show the draw to a visitor with a session; the response is not cached."""
    context = draw_page.draw_page_context(get_terms_or_404(code), now=clock.now())
    member = find_signed_in_member(request.user)
    if member is not None:
        context["member"] = member
        context["my_receipt"] = receipt_page.find_receipt_address(
            context["shown"], member.wester_id
        )
    response = render(request, draw_page.TEMPLATE, context)
    add_never_cache_headers(response)
    return response


@require_safe
def show_protocol(request: HttpRequest, code: str) -> HttpResponse:
    """Show the text of the protocol, by which anybody can write a verifier of their own."""
    terms = get_terms_or_404(code)
    context = {
        "here": reverse("lottery:protocol", args=[code]),
        "terms": terms,
        "name": draw_page.name_of(terms),
        "text": read_protocol(),
        "draw_address": reverse("lottery:draw", args=[code]),
        "gives_to_all": gives_to_all(terms),
    }
    response = render(request, "lottery/protocol.html", context)
    add_never_cache_headers(response)
    return response


@require_safe
def list_signing_keys(request: HttpRequest) -> JsonResponse:
    """List the public keys that manifests were signed with, former ones too, with their draws."""
    keys = [{"signing_key": key, "draws": draws} for key, draws in find_signing_keys().items()]
    response = JsonResponse({"signing_keys": keys})
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


@cache
def read_protocol() -> str:
    """Return the text of the protocol, as it is published."""
    return (settings.BASE_DIR / "docs/specs/draw-protocol.md").read_text(encoding="utf-8")


@require_safe
def show_files(request: HttpRequest, code: str, sequence: int) -> HttpResponse:
    """Redirect from the address of a draw's files to their list on the page."""
    get_shown_draw_or_404(code, sequence)
    response = redirect(f"{reverse('lottery:draw', args=[code])}#draw-{sequence}")
    add_never_cache_headers(response)
    return response


@require_safe
def download(request: HttpRequest, code: str, sequence: int, name: str) -> HttpResponseBase:
    """Send a file of a draw's bundle, once it is public.

    The manifest hash fixes every byte of the bundle, the result's included, so it is the ETag.
    """
    draw = get_shown_draw_or_404(code, sequence)
    stream = bundle.public_files(draw).get(name)
    if stream is None:
        raise Http404
    etag = f'"{bytes(draw.manifest_sha256).hex()[:32]}-{name}"'
    known = get_conditional_response(request, etag=etag)
    response = known or file_response(name, stream)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = CACHE_FOREVER
    return response


def file_response(name: str, stream: FileStream) -> HttpResponseBase:
    """Return a response that the browser saves as a file of this name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    content_type = CONTENT_TYPES[name.rpartition(".")[2]]
    return StreamingHttpResponse(stream(), content_type=content_type, headers=headers)


@require_safe
@never_cache
def show_receipt(request: HttpRequest, code: str, sequence: int) -> HttpResponse:
    """Show an entrant their own receipt of a draw, with a check in the browser."""
    member = find_signed_in_member(request.user)
    if member is None:
        return redirect_to_login(request.path)
    terms, draw = get_terms_or_404(code), get_shown_draw_or_404(code, sequence)
    context = receipt_page.receipt_page_context(terms, draw, member.wester_id, now=clock.now())
    if context is None:
        raise Http404
    return render(request, receipt_page.TEMPLATE, {**context, "member": member})


@require_safe
@never_cache
def download_receipt(request: HttpRequest, code: str, sequence: int) -> HttpResponse:
    """Send an entrant their own receipt as the file that verifiers read."""
    member: Member | None = find_signed_in_member(request.user)
    if member is None:
        return redirect_to_login(request.path)
    draw = get_shown_draw_or_404(code, sequence)
    content = receipts.receipt_json(draw, member.wester_id)
    if content is None:
        raise Http404
    headers = {"Content-Disposition": 'attachment; filename="receipt.json"'}
    return HttpResponse(content, content_type="application/json", headers=headers)


def get_shown_draw_or_404(code: str, sequence: int) -> Draw:
    """Return a draw without the bytes of its files, or respond with 404."""
    draws = Draw.objects.filter(campaign__code=code, sequence=sequence)
    draw = draw_page.with_manifest(draws).first()
    if draw is None:
        raise Http404
    return draw
