"""Where a page can lead back to; always a page of ours."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from entries.sign_in.adapters import is_own_path

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


@dataclass(frozen=True)
class Way:
    """An address of ours, and what the link to it says."""

    address: str
    label: "StrPromise"


def came_from(request: HttpRequest) -> str | None:
    """Return the path and query of our page that sent a request; None where it was none of ours.

    The path is checked as well as the address: of ``http://host//elsewhere/`` it is an address at
    ``elsewhere``.
    """
    address = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}):
        return None
    parts = urlsplit(address)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    return path if is_own_path(path) else None


def way_home(request: HttpRequest) -> Way:
    """Return the way to where somebody begins: staff at their own pages."""
    if request.path.startswith(reverse("admin:index")):
        return Way(reverse("admin:index"), _("To the staff pages"))
    return Way("/", _("To the campaign"))


def way_to_form(request: HttpRequest) -> Way:
    """Return the way to the page on which a form stands that was sent, to open it anew."""
    match = request.resolver_match
    if match and match.view_name == "portal:enter":
        return Way(reverse("portal:campaign", kwargs=match.kwargs), _("Back to the campaign page"))
    address = came_from(request)
    return Way(address, _("Open the page again")) if address else way_home(request)
