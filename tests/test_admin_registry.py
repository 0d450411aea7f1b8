"""A model has at most one admin page, and one place registers it."""

import ast
from collections import Counter
from collections.abc import Iterator

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group

from tests.outside import ROOT

OURS = ("portal", "points", "lottery", "entries", "campaign", "bookings", "core")


def calls(function: str) -> Iterator[str]:
    """Yield the models that our modules pass to a function of Django's admin."""
    for app in OURS:
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                    continue
                is_admin = ast.unparse(node.func) in (f"admin.{function}", f"admin.site.{function}")
                if is_admin and node.args:
                    models = node.args[0]
                    names = models.elts if isinstance(models, ast.List) else [models]
                    yield from (ast.unparse(name) for name in names)


def test_one_place_registers_the_page_of_a_model() -> None:
    registered = Counter(calls("register"))

    assert [name for name, count in registered.items() if count > 1] == []
    pages = {model.__name__ for model in admin.site._registry} - {Group.__name__}
    assert registered.keys() == pages


def test_no_page_of_ours_is_taken_away() -> None:
    ours = {model.__name__ for app in OURS for model in apps.get_app_config(app).get_models()}

    assert ours.isdisjoint(calls("unregister"))
    assert set(calls("unregister")), "allauth's pages are taken away"
