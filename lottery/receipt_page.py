"""The page of an entrant's own receipt, which the browser checks."""

import json
from datetime import datetime
from typing import Any

from django.urls import reverse

from campaign.models import Terms
from lottery import receipts
from lottery.checked_steps import steps_of
from lottery.draw_page import ShownDraw, name_of, shown_draw
from lottery.models import Draw, Entrant
from lottery.shown_prizes import gives_to_all, prize_names

TEMPLATE = "lottery/receipt.html"


def receipt_page_context(
    terms: Terms, draw: Draw, wester_id: str, *, now: datetime
) -> dict[str, Any] | None:
    """Return the context of the template; None where the member has no receipt (yet)."""
    content = receipts.receipt_json(draw, wester_id)
    if content is None:
        return None
    receipt = json.loads(content)
    prizes = receipt_prizes(draw.terms, receipt)
    place = [terms.campaign.code, draw.sequence]
    return {
        "here": reverse("lottery:receipt", args=place),
        "terms": terms,
        "name": name_of(terms),
        "shown": shown_draw(draw, now=now),
        "receipt": receipt,
        "prizes": prizes,
        "won": [prize for prize in prizes if prize["award"]],
        "receipt_file": reverse("lottery:receipt_file", args=place),
        "steps": steps_of(gives_to_all=gives_to_all(draw.terms)),
        "gives_to_all": gives_to_all(draw.terms),
        "draw_address": reverse("lottery:draw", args=[terms.campaign.code]),
    }


def receipt_prizes(terms: Terms, receipt: dict[str, Any]) -> list[dict[str, Any]]:
    """Return name, reward and award of each prize; the award is None before the draw."""
    names = prize_names(terms)
    awards = receipt["awards"] or [None] * len(receipt["rewards"])
    return [
        {"name": names[number], "reward": reward, "award": award}
        for number, (reward, award) in enumerate(zip(receipt["rewards"], awards, strict=True), 1)
    ]


def find_receipt_address(shown: ShownDraw | None, wester_id: str) -> str | None:
    """Return the address of the member's receipt; None where there is none yet."""
    if shown is None or shown.draw.published_at is None:
        return None
    draw = shown.draw
    if not Entrant.objects.filter(draw=draw, wester_id=wester_id).exists():
        return None
    return reverse("lottery:receipt", args=[draw.campaign.code, draw.sequence])
