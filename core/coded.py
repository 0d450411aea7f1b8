"""Columns and filters of admin lists whose values are codes: shown in words, the code beside."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

    # Generic only in their stubs.
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin
Words = Mapping[str, "StrPromise | str"]


def show_code(code: str, words: Words) -> SafeString | str:
    """Return a code in words, with the code as a tooltip; an unknown one as it is."""
    if code not in words:
        return code
    return format_html('<span title="{}">{}</span>', code, words[code])


def show_codes(codes: list[str], words: Words) -> SafeString:
    """Return several codes in words, each with its code as a tooltip."""
    return format_html_join(", ", "{}", ((show_code(code, words),) for code in codes))


def coded_filter(field: str, heading: "StrPromise", words: Words) -> type[admin.SimpleListFilter]:
    """Return the filter by a field that holds codes; it offers the known ones, without a query."""

    class CodedFilter(admin.SimpleListFilter):
        title = heading
        parameter_name = field

        def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, Any]]:
            return list(words.items())

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            return queryset.filter(**{field: self.value()}) if self.value() else queryset

    return CodedFilter


def yes_column(field: str, heading: "StrPromise", yes: "StrPromise") -> Any:
    """Return the column of a yes or no: a word for yes, a dash for no."""

    @admin.display(description=heading, ordering=field)
    def column(row: Model) -> str:
        return str(yes) if getattr(row, field) else "－"

    column.__name__ = field
    return column
