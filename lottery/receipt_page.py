"""The page of an entrant's own receipt, which the browser checks."""

import json
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language

from campaign.models import Terms
from lottery import receipts
from lottery.checked_steps import STEPS
from lottery.draw_page import ShownDraw, shown_draw
from lottery.models import Draw, Entrant

TEMPLATE = "lottery/receipt.html"


def receipt_page_context(
    terms: Terms, draw: Draw, wester_id: str, *, now: datetime
) -> dict[str, Any] | None:
    """Return the context of the template; None where the member has no receipt (yet)."""
    content = receipts.receipt_json(draw, wester_id)
    if content is None:
        return None
    place = [terms.campaign.code, draw.sequence]
    return {
        "here": reverse("lottery:receipt", args=place),
        "terms": terms,
        "name": terms.name_ja if get_language() == "ja" else terms.name_en,
        "shown": shown_draw(draw, now=now),
        "receipt": json.loads(content),
        "receipt_file": reverse("lottery:receipt_file", args=place),
        "steps": STEPS,
        "draw_address": reverse("lottery:draw", args=[terms.campaign.code]),
    }


def find_receipt_address(shown: ShownDraw | None, wester_id: str) -> str | None:
    """Return the address of the member's receipt; None where there is none yet."""
    if shown is None or shown.draw.published_at is None:
        return None
    draw = shown.draw
    if not Entrant.objects.filter(draw=draw, wester_id=wester_id).exists():
        return None
    return reverse("lottery:receipt", args=[draw.campaign.code, draw.sequence])
