"""The texts of the steps that check a receipt in the browser (static/lottery/proof.js)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


@dataclass(frozen=True)
class CheckedStep:
    """A step: its title, the sentences for success and failure, and names of computed values."""

    name: str
    title: "StrPromise"
    fits: "StrPromise"
    fails: "StrPromise"
    values: dict[str, "StrPromise"]


STEPS = (
    CheckedStep(
        "form",
        _("The receipt is complete"),
        _("It has all its fields, in the form of the protocol."),
        _("It is not a receipt of this protocol, or something was changed in its form."),
        {},
    ),
    CheckedStep(
        "manifest",
        _("The draw it belongs to"),
        _("The published manifest has the hash that stands on the receipt."),
        _("No published draw has the manifest hash that stands on the receipt."),
        {"manifest": _("Manifest hash")},
    ),
    CheckedStep(
        "commitment",
        _("Your own record"),
        _(
            "From WESTER ID, lots, points and secret numbers the record that stands for you was "
            "computed, and the points are ones that the terms can give."
        ),
        _("The points are not ones that the terms can give, or not one for each prize."),
        {
            "m": _("Hidden identity (m)"),
            "c": _("Commitment (c)"),
            "leaf": _("Value to check the list by (your record)"),
        },
    ),
    CheckedStep(
        "path",
        _("Your record is in the list"),
        _(
            "From your record comes the value of the whole list that the manifest fixes: "
            "the list contains it, unchanged."
        ),
        _(
            "From this record comes another value than the one of the whole list that the "
            "manifest fixes: the list does not contain it."
        ),
        {"root": _("Value to check the list by (the whole list)")},
    ),
    CheckedStep(
        "seed",
        _("The random number and the seed"),
        _(
            "The round is the one named beforehand, and the seed follows from it and from the "
            "manifest hash. (That the random number is the source’s own, verify_draw.py checks.)"
        ),
        _("The round or the seed is not the one that follows from the manifest."),
        {"randomness": _("Random number"), "seed": _("Seed value")},
    ),
    CheckedStep(
        "ticket",
        _("Your draw number"),
        _(
            "Computed from the seed, your number and your lots, it is the one on the receipt: "
            "the smallest of your lots’ draw numbers."
        ),
        _("The draw number on the receipt is not the one that follows from the seed."),
        {"ticket": _("Draw number")},
    ),
    CheckedStep(
        "winners",
        _("The list of winners"),
        _(
            "All winners’ draw numbers were computed again: prize by prize the list is in their "
            "order, and it keeps within the budget."
        ),
        _(
            "The list of winners is not in the order of the draw numbers, has too many winners of "
            "a prize, or exceeds the budget."
        ),
        {"rows": _("Rows of the list")},
    ),
    CheckedStep(
        "place",
        _("Your place in the order"),
        _(
            "Your draw number stands where the receipt says, before or behind each winner’s, and "
            "the list has every prize for you that came to your place, and no other."
        ),
        _(
            "Your draw number does not stand where the receipt says, or the list has another "
            "prize for you than your place gives."
        ),
        {"rank": _("Your rank"), "last": _("Last draw number in the list")},
    ),
    CheckedStep(
        "award",
        _("The points awarded"),
        _("They are those of the list of winners, prize by prize."),
        _("The points on the receipt are not those of the list of winners."),
        {"award": _("Points")},
    ),
)
WITHOUT_DRAW = (
    CheckedStep(
        "manifest",
        _("The list it belongs to"),
        _("The published manifest has the hash that stands on the receipt."),
        _("No published list has the manifest hash that stands on the receipt."),
        {"manifest": _("Manifest hash")},
    ),
    CheckedStep(
        "ticket",
        _("Your number in the order"),
        _("Computed from the seed, your number and your lots, it is the one on the receipt."),
        _("The number on the receipt is not the one that follows from the seed."),
        {"ticket": _("Number that decides the order")},
    ),
    CheckedStep(
        "winners",
        _("The list of the points"),
        _(
            "The numbers of all who get points were computed again: prize by prize the list is in "
            "their order, and it keeps within the budget."
        ),
        _(
            "The list of the points is not in the order of the numbers, has too many members for "
            "a prize, or exceeds the budget."
        ),
        {"rows": _("Rows of the list")},
    ),
    CheckedStep(
        "place",
        _("Your place in the order"),
        _(
            "Your number stands where the receipt says, and the list has every prize for you that "
            "came to your place, and no other."
        ),
        _(
            "Your number does not stand where the receipt says, or the list has another prize for "
            "you than your place gives."
        ),
        {"rank": _("Your rank"), "last": _("Last number in the list")},
    ),
    CheckedStep(
        "award",
        _("Your points in the list"),
        _("They are those of the list of the points, prize by prize."),
        _("The points on the receipt are not those of the list of the points."),
        {"award": _("Points")},
    ),
)


def steps_of(*, gives_to_all: bool) -> tuple[CheckedStep, ...]:
    """Return the steps in their order, in the words of a draw or of a gift to all."""
    others = {step.name: step for step in WITHOUT_DRAW} if gives_to_all else {}
    return tuple(others.get(step.name, step) for step in STEPS)
