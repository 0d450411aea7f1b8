"""Items of touches, and bookings that ride certain sections."""

from typing import Any

from bookings.enumerations import BookingService


def touch(operator: str = "JR West", *lines: str, services: str = "") -> dict[str, Any]:
    """Return an item; without lines, any of the operator's; without services, all of them."""
    named = services.split() or BookingService.values
    return {"services": sorted(named), "operator": operator, "lines": sorted(lines) or None}


def sections(*names: str) -> dict[str, list[str]]:
    """Return the columns of a booking that rides these sections, as ``operator:line``."""
    return {
        "operators": sorted({name.split(":")[0] for name in names}),
        "sections": sorted(names),
    }
