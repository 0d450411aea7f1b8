"""The filter of lists that are about one published campaign at a time."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign import queries
from campaign.models import Campaign, Terms
from core import clock
from core.admin_base import ModelAdmin


class CampaignFilter(admin.SimpleListFilter):
    """Choose the published campaign of a list; without a choice, the only public one."""

    title = gettext_lazy("campaign")
    parameter_name = "campaign"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        """Return the published campaigns, the last to open first."""
        self.campaign = chosen_campaign(request)
        return [(one.code, queries.choice_label(one)) for one in queries.published_campaigns()]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Yield the campaigns without a choice of all, for such a list is about one of them."""
        for code, label in self.lookup_choices:
            yield {
                "selected": self.campaign is not None and code == self.campaign.code,
                "query_string": changelist.get_query_string({self.parameter_name: code}),
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return all rows: every booking is judged under every campaign.

        Raises:
            IncorrectLookupParameters: the chosen campaign does not exist or is not published.
        """
        if self.campaign is None and self.value():
            raise IncorrectLookupParameters
        return queryset


def chosen_campaign(request: HttpRequest) -> Campaign | None:
    """Return the published campaign that the address names, or else the only public one.

    None where the address names none and several are public: no list or form answers for a
    campaign that was not meant.
    """
    if code := request.GET.get(CampaignFilter.parameter_name):
        return next((one for one in queries.published_campaigns() if one.code == code), None)
    return queries.meant_campaign(at=clock.now())


def choice_hint() -> str:
    """Return the sentence of a list that waits for the choice of a campaign; empty without any."""
    return _("Choose a campaign beside the list.") if queries.published_campaigns() else ""


def chosen_terms(request: HttpRequest) -> Terms | None:
    """Return the terms in force of the chosen campaign; None where there is none."""
    campaign = chosen_campaign(request)
    return queries.published_terms(campaign) if campaign else None
