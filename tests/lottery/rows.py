"""Draws in every state, and raw SQL that changes their rows."""

from typing import Any

import pytest

from core.models import User
from lottery.models import Draw
from tests.factories.lottery import (
    confirmed_draw,
    drawn_draw,
    frozen_draw,
    published_draw,
    void,
)
from tests.guards import sql

NO_RESULT = (
    "drawn_at = round_time, round_json = '', result = '', winners_csv = '',"
    " ranks = decode(repeat('00000000', entry_count), 'hex'),"
    " winners = array_fill(0, ARRAY[cardinality(eligible)]),"
    " total_points = 0, leftover_points = 0"
)
STATES = {
    "frozen": frozen_draw,
    "published": published_draw,
    "drawn": drawn_draw,
    "confirmed": confirmed_draw,
    "void": lambda: void(published_draw()),
    "void and run": lambda: void(drawn_draw(), at=reread_round()),
}
in_every_state = pytest.mark.parametrize(
    "make", [pytest.param(make, id=state) for state, make in STATES.items()]
)


def reread_round() -> Any:
    """Return the instant of the only draw's round."""
    return Draw.objects.values_list("round_time", flat=True).get()


def change(draw: Draw, setting: str, *parameters: Any) -> int:
    """Change a draw's row by SQL, without the program's own checks."""
    return sql(f"UPDATE lottery_draw SET {setting} WHERE id = {draw.pk}", *parameters)


def set_state(state: str, user: User) -> tuple[str, list[Any]]:
    """Return the SQL that sets a state with all columns of that state."""
    settings = {
        "frozen": ("", []),
        "published": (", published_at = frozen_at, published_by_id = %s", [user.pk]),
        "drawn": (
            f", {NO_RESULT}",
            [],
        ),
        "confirmed": (", confirmed_at = round_time, confirmed_by_id = %s", [user.pk]),
        "void": (
            ", voided_at = frozen_at, voided_by_id = %s, void_reason = 'x'",
            [user.pk],
        ),
    }
    more, parameters = settings[state]
    return f"state = '{state}'{more}", parameters
