"""What every page of the desk shares: who may open it, its frame, and the entries of the menu."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.http import content_disposition_header
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache

from core.admin_base import render_admin_page
from core.models import User
from core.staff import MAY_MANAGE
from points import auditing

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


@dataclass(frozen=True)
class Entry:
    """An entry of the menu: the page it opens, and the permissions of which one is needed."""

    name: "StrPromise"
    page: str
    permissions: tuple[str, ...] = ()

    def is_for(self, user: User) -> bool:
        """Return whether the user finds it in the menu."""
        return not self.permissions or any(user.has_perm(one) for one in self.permissions)


ENTRIES = (
    Entry(pgettext_lazy("desk", "Today"), "desk:today"),
    Entry(pgettext_lazy("desk", "Member"), "desk:member", ("entries.view_member",)),
    Entry(pgettext_lazy("desk", "Approvals"), "desk:approvals", ("core.view_approval",)),
    Entry(pgettext_lazy("desk", "Campaigns"), "desk:campaigns", ("campaign.view_terms",)),
    Entry(
        pgettext_lazy("desk", "Operations"),
        "desk:operations",
        (auditing.MAY_PAY, "lottery.request_publication", "lottery.request_reveal"),
    ),
    Entry(pgettext_lazy("desk", "Audit"), "desk:audit", ("core.view_auditrecord",)),
    Entry(pgettext_lazy("desk", "Staff"), "admin:core_user_changelist", (MAY_MANAGE,)),
)


def staff_page(view: View) -> View:
    """Return a view that only staff open, signed in with every step done; nothing caches it."""
    return never_cache(admin.site.admin_view(view))


def entries_for(user: User) -> list[Entry]:
    """Return the entries of the menu for a user."""
    return [entry for entry in ENTRIES if entry.is_for(user)]


def render_desk_page(
    request: HttpRequest, template: str, context: dict[str, Any]
) -> TemplateResponse:
    """Render a template of the desk; ``title`` in the context is its heading."""
    return render_admin_page(request, template, context)


def csv_response(content: bytes, *, name: str) -> HttpResponse:
    """Return a CSV file as a download of this name."""
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    header = content_disposition_header(as_attachment=True, filename=name)
    response.headers["Content-Disposition"] = header or "attachment"
    return response
