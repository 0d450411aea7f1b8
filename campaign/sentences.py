"""The sentences for states, and for terms that break a rule: which field, which rule."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaign.states import EntryState

ENTRY_STATES = {
    EntryState.UNPUBLISHED: pgettext_lazy("state of a campaign", "Not published"),
    EntryState.BEFORE: pgettext_lazy("state of a campaign", "Not open yet"),
    EntryState.OPEN: pgettext_lazy("state of a campaign", "Open for entry"),
    EntryState.CLOSED: pgettext_lazy("state of a campaign", "Entry closed"),
    EntryState.FROZEN: pgettext_lazy("state of a campaign", "Entrants frozen"),
}

TERMS_SENTENCES = {
    "terms_names_not_empty": _("name_ja, name_en and operator must not be empty."),
    "terms_operator_is_ascii": _("operator must be written in ASCII, such as JR West."),
    "terms_dates_from_2000_to_2099": _("Dates and instants must be from 2000 to 2099."),
    "terms_public_before_entry": _("public_at must not be after opens_at."),
    "terms_entry_opens_before_closing": _("opens_at must be before closes_at."),
    "terms_travel_dates_in_order": _("travel_first must not be after travel_last."),
    "terms_credit_after_entry": _("credit_at must not be before closes_at."),
    "terms_credit_after_travel": _("credit_at must be on a day after travel_last."),
    "terms_expiry_after_credit": _("expires_on must be after the day of credit_at."),
    "terms_instants_whole_seconds": _("Instants must be whole seconds."),
    "terms_minimum_in_range": _("minimum_total_yen must be from 1 to 9,007,199,254,740,991."),
    "terms_cap_in_range": _("reward_cap_points must be from 1 to 9,007,199,254,740,991."),
    "terms_budget_in_range": _("budget_points must be from 1 to 9,007,199,254,740,991."),
    "terms_sales_in_range": _("expected_sales_yen must be from 1 to 9,007,199,254,740,991."),
    "terms_policy_known": _("policy must be stop or partial."),
    "terms_time_zone_is_japan": _("time_zone must be Asia/Tokyo."),
    "terms_kinds_known": _("kinds_excluded, kinds_registered, kinds_free: unknown member kind."),
    "terms_kinds_on_one_list": _("A member kind must stand on one list only."),
    "terms_kinds_sorted_once": _("A list of member kinds must name each kind once."),
}
