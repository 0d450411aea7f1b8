"""Render a scene by the templates of the members' pages, with everything that acts taken out."""

import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from lottery import draw_page
from portal import campaign_lists, campaign_page, my_page
from portal.desk.preview import made_up_draw, made_up_member
from portal.desk.preview.scenes import PageKind, Scene, as_published
from portal.states import ShownState

TEMPLATE = "desk/preview/page.html"
# What a draft that means something wrong yet may raise while it is put into words.
UNFINISHED = (TemplateDoesNotExist, ArithmeticError, LookupError, TypeError, ValueError)
LINK = re.compile(r'(<a\b[^>]*?) href="(/[^"#]*)(#[^"]*)?"')


class CannotBeShown(Exception):
    """The version is not far enough for this page."""


def render_scene(request: HttpRequest, scene: Scene) -> str:
    """Return the HTML of a scene; nothing is saved.

    Its links lead to the preview of the other pages, or nowhere; its buttons do nothing.

    Raises:
        CannotBeShown: a draft is not far enough.
    """
    try:
        with translation.override(scene.language):
            template, context = context_of(
                replace(scene, terms=as_published(scene.terms, scene.now))
            )
            html = render_to_string(
                TEMPLATE,
                {**context, "page_template": template, "scene": scene, "messages": []},
                request,
            )
    except UNFINISHED as unfinished:
        if scene.terms.published_at is not None:
            raise
        raise CannotBeShown from unfinished
    return take_action_out(html, scene)


def context_of(scene: Scene) -> tuple[str, dict[str, Any]]:
    """Return the template of the scene's page, and its context."""
    makers = {
        PageKind.CAMPAIGN: campaign_context,
        PageKind.FRONT: front_context,
        PageKind.DRAW: draw_context,
        PageKind.MY_PAGE: my_page_context,
    }
    template, context = makers[scene.page](scene)
    return template, {**context, "member": scene.member}


def campaign_context(scene: Scene) -> tuple[str, dict[str, Any]]:
    """Return the campaign page."""
    context = campaign_page.campaign_context(scene.terms, state=scene.state, now=scene.now)
    draw = made_up_draw.make_draw(scene)
    if draw is not None and scene.state is ShownState.CREDITED:
        context["paid"] = made_up_draw.payout_of(draw)
    if scene.member and made_up_member.sketch_of(scene, scene.member).has_entry:
        context["receipt"] = made_up_member.make_receipt(scene.terms)
    return campaign_page.TEMPLATE, context


def front_context(scene: Scene) -> tuple[str, dict[str, Any]]:
    """Return the list of campaigns with this one alone."""
    listed = campaign_lists.list_campaign(scene.terms, state=scene.state)
    return campaign_lists.FRONT, {"here": "/", "campaigns": [listed], "terms": scene.terms}


def draw_context(scene: Scene) -> tuple[str, dict[str, Any]]:
    """Return the page of the draw."""
    draw = made_up_draw.make_draw(scene)
    draws = [draw_page.shown_draw(draw, now=scene.now)] if draw else []
    return draw_page.TEMPLATE, draw_page.describe_draws(scene.terms, draws, now=scene.now)


def my_page_context(scene: Scene) -> tuple[str, dict[str, Any]]:
    """Return the page of the made-up member."""
    if scene.member is None:
        raise LookupError
    frame = my_page.frame_context(scene.terms, state=scene.state, now=scene.now)
    return my_page.TEMPLATE, {**frame, **made_up_member.describe_made_up(scene, scene.member)}


def address_of(scene: Scene, page: PageKind) -> str:
    """Return the address of the preview of a page in the same scene."""
    chosen = {
        "version": scene.terms.version,
        "page": page.value,
        "state": scene.state.value,
        "at": scene.now.isoformat(timespec="seconds"),
        "member": scene.member.value if scene.member else "",
        "language": scene.language,
    }
    base = reverse("desk:preview_page", args=[scene.terms.campaign.code])
    return f"{base}?{urlencode(chosen)}"


def take_action_out(html: str, scene: Scene) -> str:
    """Tie the links of a page to the other previews, and make its buttons do nothing."""
    code = [scene.terms.campaign.code]
    tied = {
        reverse("portal:front"): PageKind.FRONT,
        reverse("portal:campaign", args=code): PageKind.CAMPAIGN,
        reverse("portal:my_page", args=code): PageKind.MY_PAGE,
        reverse("lottery:draw", args=code): PageKind.DRAW,
    }

    def tie(link: re.Match[str]) -> str:
        start, address, place = link.groups(default="")
        if address not in tied:
            return start
        there = address_of(scene, tied[address]).replace("&", "&amp;")
        return f'{start} href="{there}{place}"'

    return LINK.sub(tie, html).replace("<button", '<button type="button"')
