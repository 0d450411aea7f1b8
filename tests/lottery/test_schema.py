"""What holds for the tables of draws, lists and awards together."""

from pathlib import Path

import pgtrigger
from django.db import models

from lottery.models import Award, Candidate, Draw, Entrant, FrozenCampaign

HERE = Path(__file__).parent
MODELS: tuple[type[models.Model], ...] = (Award, Draw, Entrant)
# Instants that no member of staff acts at: what the beacon and the terms set, and two acts of
# programs, whose caller the audit keeps.
WITHOUT_A_PERSON = {"Draw.frozen_at", "Draw.drawn_at"}


def test_every_guard_is_named_in_a_test() -> None:
    tested = "".join(file.read_text(encoding="utf-8") for file in HERE.glob("*.py"))
    guards = {constraint.name for model in MODELS for constraint in model._meta.constraints}
    ours = {FrozenCampaign._meta.label, *(model._meta.label for model in MODELS)}
    guards |= {
        str(trigger.name)
        for model, trigger in pgtrigger.registered()
        if model._meta.label in ours and "terms_" not in str(trigger.name)
    }
    # One trigger says no in three ways, each under a name of its own.
    guards.remove("draw_follows_its_predecessor")

    assert len(guards) > 35
    assert {name for name in guards if f'"{name}"' not in tested} == set()


def test_every_instant_of_staff_has_its_person() -> None:
    lonely = {
        f"{model.__name__}.{field.name}"
        for model in MODELS
        for field in model._meta.concrete_fields
        if isinstance(field, models.DateTimeField)
        and field.name.endswith("_at")
        and field.name.removesuffix("_at") + "_by" not in {f.name for f in model._meta.get_fields()}
    }

    assert lonely == WITHOUT_A_PERSON


def test_every_foreign_key_protects() -> None:
    unprotected = {
        f"{model.__name__}.{field.name}"
        for model in MODELS
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
        and field.remote_field.on_delete is not models.PROTECT
    }

    assert unprotected == set()


def test_candidates_have_no_table() -> None:
    assert not Candidate._meta.managed
    assert FrozenCampaign._meta.proxy
