"""The page of a campaign's figures, for the screen and for paper, and the same as a file."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from campaign.models import Terms
from campaign.queries import get_terms_or_404
from core import audit, clock
from core.admin_base import require_permission
from core.models import User
from core.spreadsheets import write_csv
from lottery import bundle
from portal.announcement import name_of
from portal.desk.announcement import figures, press
from portal.desk.announcement.figures import Figures
from portal.desk.frame import csv_response, render_desk_page

MAY_SEE = bundle.PERMISSION


@require_safe
def show_announcement(request: HttpRequest, code: str) -> HttpResponse:
    """Show the figures of a campaign, as far as the reader may see them."""
    reader = require_permission(request, MAY_SEE).user
    terms = get_terms_or_404(code)
    found = read_for(reader, terms)
    context = {
        "title": pgettext("desk", "Figures for the press and the file: %(name)s")
        % {"name": name_of(terms)},
        "code": code,
        "sections": figures.sections(found),
        "statements": press.statements(found),
        "is_confirmed": bool(found.draw and found.draw.confirmed_at),
        "has_result": found.outcome is not None,
        "as_of": clock.now(),
    }
    return render_desk_page(request, "desk/announcement/announcement.html", context)


@require_POST
def export_announcement(request: HttpRequest, code: str) -> HttpResponse:
    """Send the figures as CSV, and record in the audit who exported them."""
    actor = require_permission(request, MAY_SEE)
    terms = get_terms_or_404(code)
    found, at = read_for(actor.user, terms), clock.now()
    rows = [
        (section.title, one.name, one.value, one.unit)
        for section in figures.sections(found)
        for one in section.figures
    ]
    titles = [
        pgettext("column", "Section"),
        pgettext("column", "Figure"),
        pgettext("column", "Value"),
        pgettext("column", "Unit"),
    ]
    rows += [
        (pgettext("figures", "For the press"), one.language, one.text, "")
        for one in press.statements(found)
    ]
    content = write_csv(titles, rows)
    audit.record(
        actor=actor,
        action="file.exported",
        subject=code,
        at=at,
        detail={"file": "announcement", "result": found.outcome is not None},
    )
    return csv_response(content, name=f"{code}-{at:%Y%m%d}.csv")


def read_for(reader: User, terms: Terms) -> Figures:
    """Return the figures of a campaign that this person may see."""
    return figures.read_figures(terms, with_result=bundle.may_read_results(reader))
