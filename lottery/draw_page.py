"""The page of the draw: how it works, stage, result and published files."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext_lazy as _

from campaign.models import Terms
from campaign.plan import Spent
from campaign.queries import shown_terms
from core.shared_pages import SharedPage, shared_page
from lottery import queries
from lottery.bundle import has_public_result, public_files
from lottery.checked_steps import steps_of
from lottery.models import Draw
from lottery.shown_prizes import (
    PrizeResult,
    find_partial_award,
    gives_to_all,
    has_several_lots,
    prize_results,
    shown_prizes,
)
from lottery.stages import DrawStage, next_change, stage_of

TEMPLATE = "lottery/draw.html"
MIN_GAP_S = 86_400  # between publication and round; less only in a demo
FILE_TITLES = {
    "terms.json": _("The terms of the campaign"),
    "manifest.json": _("The manifest: everything that was fixed before the draw"),
    "manifest.sig": _("Our signature of the manifest"),
    "entries.bin": _("The list of entrants, without names"),
    "verify_draw.py": _("The program that checks everything"),
    "round.json": _("The random number of the draw"),
    "result.json": _("The result"),
    "winners.csv": _("The list of winners, without names"),
}
TITLES_WITHOUT_DRAW = {
    "manifest.json": _("The manifest: everything that was fixed beforehand"),
    "entries.bin": _("The list of those who take part, without names"),
    "round.json": _("The random number"),
    "result.json": _("The points as they were settled"),
    "winners.csv": _("The list of the points, without names"),
}


@dataclass(frozen=True)
class ShownDraw:
    """A draw with its public content."""

    draw: Draw
    stage: DrawStage
    manifest_hash: str
    manifest: dict[str, Any]
    address: str
    files: list[tuple[str, str]]
    shows_result: bool
    results: list[PrizeResult]  # of each prize; empty before the result is public
    partial_points: int  # of the entrant at whom the budget ended; 0 where there is none

    @property
    def short_prizes(self) -> str:
        """The names of the prizes with fewer winners than were planned, as a list."""
        short = (result.name for result in self.results if result.is_short)
        return pgettext("inside a list", ", ").join(short)

    @property
    def is_local(self) -> bool:
        """Whether its random number is signed by a key of this machine."""
        return bool(self.draw.chain == Draw.Chain.LOCAL)

    @property
    def gap_hours(self) -> int:
        """Whole hours from the last instant to publish at to the round."""
        return int(self.manifest["min_gap_s"]) // 3600

    @property
    def has_short_gap(self) -> bool:
        """Whether the gap is shorter than production allows."""
        return int(self.manifest["min_gap_s"]) < MIN_GAP_S


def shared_draw_page(code: str, *, now: datetime) -> SharedPage | None:
    """Return the page in the active language; None where the campaign is not published."""
    return shared_page(f"draw/{code}", now=now, render=partial(render_draw_page, code, now=now))


def render_draw_page(code: str, *, now: datetime) -> tuple[str, datetime | None] | None:
    """Return the rendered page, and when it changes next with time only."""
    terms = shown_terms(code)
    if terms is None:
        return None
    context = draw_page_context(terms, now=now)
    shown: ShownDraw | None = context["shown"]
    closes_at = None if context["is_entry_over"] else terms.closes_at
    changes_at = next_change(shown.draw, now=now) if shown else closes_at
    return render_to_string(TEMPLATE, context), changes_at


def draw_page_context(terms: Terms, *, now: datetime) -> dict[str, Any]:
    """Return the context of the template, the same for all visitors."""
    draws = [shown_draw(draw, now=now) for draw in draws_to_show(terms)]
    return describe_draws(terms, draws, now=now)


def describe_draws(terms: Terms, draws: list[ShownDraw], *, now: datetime) -> dict[str, Any]:
    """Return the context that shows these draws of a campaign, the newest first."""
    standing = [one for one in draws if one.stage is not DrawStage.VOID]
    return {
        "here": reverse("lottery:draw", args=[terms.campaign.code]),
        "terms": terms,
        "name": name_of(terms),
        "prizes": shown_prizes(terms),
        "has_several_lots": has_several_lots(terms.plan),
        "shows_spending": any(isinstance(prize.reward, Spent) for prize in terms.plan.prizes),
        "gives_to_all": gives_to_all(terms),
        "passes_over_winners": not all(prize.beside for prize in terms.plan.prizes[1:]),
        "protocol": reverse("lottery:protocol", args=[terms.campaign.code]),
        "is_entry_over": terms.closes_at <= now,
        "shown": standing[0] if standing else None,
        "void_draws": [one for one in draws if one.stage is DrawStage.VOID],
        "steps": steps_of(gives_to_all=gives_to_all(terms)),
        # A demo's clock is not the browser's, so the page shows its time.
        "demo_now": now if settings.DEMO_MODE else None,
    }


def name_of(terms: Terms) -> str:
    """Return the name of a campaign in the active language."""
    return str(terms.name_ja if get_language() == "ja" else terms.name_en)


def draws_to_show(terms: Terms) -> QuerySet[Draw]:
    """Return the draws of a campaign, the newest first, without the bytes of their files."""
    draws = Draw.objects.filter(campaign=terms.campaign_id).order_by("-sequence")
    return with_manifest(draws)


def with_manifest(draws: QuerySet[Draw]) -> QuerySet[Draw]:
    """Load the manifests of draws, and defer the columns of their other files."""
    large = set(queries.LARGE_COLUMNS) - {"manifest"}
    shown = draws.select_related("terms", "campaign").prefetch_related("terms__prizes")
    return shown.defer(None).defer(*large)


def shown_draw(draw: Draw, *, now: datetime) -> ShownDraw:
    """Return the public content of a draw at an instant."""
    shows_result = has_public_result(draw)
    titles = FILE_TITLES | (TITLES_WITHOUT_DRAW if gives_to_all(draw.terms) else {})
    return ShownDraw(
        draw=draw,
        stage=stage_of(draw, now=now),
        manifest_hash=bytes(draw.manifest_sha256).hex(),
        manifest=json.loads(bytes(draw.manifest)),
        address=reverse("lottery:files", args=[draw.campaign.code, draw.sequence]),
        files=[(name, str(titles[name])) for name in public_files(draw)],
        shows_result=shows_result,
        results=prize_results(draw) if shows_result else [],
        partial_points=find_partial_award(draw) if shows_result else 0,
    )
