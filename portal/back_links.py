"""The link of an error page that leads back to a page of this site."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from entries.sign_in.adapters import is_own_path

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


@dataclass(frozen=True)
class BackLink:
    """An address of this site and the text of the link to it."""

    address: str
    label: "StrPromise"


def referring_path(request: HttpRequest) -> str | None:
    """Return the path and query of this site's page that sent a request, else None.

    The path is checked as well as the host: the path of ``http://host//elsewhere/`` is an address
    on the host ``elsewhere``.
    """
    address = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}):
        return None
    parts = urlsplit(address)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    return path if is_own_path(path) else None


def link_home(request: HttpRequest) -> BackLink:
    """Return the link to the front page, on staff pages to the admin's."""
    if request.path.startswith(reverse("admin:index")):
        return BackLink(reverse("admin:index"), pgettext_lazy("desk", "Back to home"))
    return BackLink("/", _("To the campaign"))


def link_to_form(request: HttpRequest) -> BackLink:
    """Return the link to the page whose form was sent."""
    match = request.resolver_match
    if match and match.view_name == "portal:enter":
        return BackLink(
            reverse("portal:campaign", kwargs=match.kwargs), _("Back to the campaign page")
        )
    address = referring_path(request)
    return BackLink(address, _("Open the page again")) if address else link_home(request)
