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
    "terms_names_not_empty": _("name and expected_sales_basis must not be empty."),
    "terms_series_codes_are_identifiers": _(
        "series.code and series.course must be 1 to 40 of A-Z, a-z, 0-9, _ and -."
    ),
    "terms_course_of_a_series": _("series.course and series.carried need a series.code."),
    "terms_dates_from_2000_to_2099": _("Dates and instants must be from 2000 to 2099."),
    "terms_instants_whole_seconds": _("Instants must be whole seconds."),
    "terms_booked_has_both_ends": _("bookings.booked must have both from and until, or be null."),
    "terms_minimum_in_range": _("minimum_total_yen must be from 1 to 1,000,000,000,000."),
    "terms_budget_in_range": _("budget_points must be from 1 to 1,000,000,000,000."),
    "terms_sales_in_range": _("expected_sales_yen must be from 1 to 1,000,000,000,000."),
    "terms_edge_known": _("edge must be stop or partial."),
    "terms_time_zone_is_japan": _("time_zone must be Asia/Tokyo."),
    "terms_lists_of_known_values": _(
        "A list of products, channels or member kinds has an unknown value."
    ),
    "terms_lists_sorted_once": _(
        "A list of products, channels or member kinds must name each value once."
    ),
    "terms_touches_fit": _("bookings.touches must be a list of services, operator and lines."),
    "terms_travel_fits": _("bookings.travel must be a list of periods with first and last."),
    "terms_payment_methods_fit": _(
        "bookings.payment_methods must have, by service, a list of payment methods."
    ),
    "terms_texts_fit": _("texts must have each text of the pages, in Japanese and English."),
    "terms_texts_given": _("No text of the pages but texts.slogan may be empty."),
    "terms_lots_times_fit": _("lots.times must be a list of when and times from 2."),
    "terms_lots_by_yen": _("lots.most must be 1 while lots.yen is null."),
    "terms_lots_in_range": _("lots: most by the greatest times must be at most 65,535."),
    "terms_public_before_entry": _("public_at must not be after opens_at."),
    "terms_entry_opens_before_closing": _("opens_at must be before closes_at."),
    "terms_travel_dates_in_order": _(
        "The periods of bookings.travel must be in order and not overlap."
    ),
    "terms_booked_in_order": _("bookings.booked.from must be before bookings.booked.until."),
    "terms_credit_after_entry": _(
        "credit_at must not be before closes_at, nor before bookings.booked.until."
    ),
    "terms_credit_after_travel": _("credit_at must be on a day after the last travel day."),
    "terms_expiry_after_credit": _("expires_on must not be before the day of credit_at."),
    "terms_kept_until_expiry": _("kept_until must not be before expires_on."),
    "terms_kinds_on_one_list": _("A member kind must stand on one list only."),
    "terms_no_series_without_entry": _(
        "entry_needed must be true where series has a course or is carried."
    ),
}
PRIZE_SENTENCES = {
    "prize_number_once": _("Each prize must have its own number."),
    "prize_code_once": _("Each prize must have its own code."),
    "prize_number_from_1_to_16": _("There must be 1 to 16 prizes."),
    "prize_code_is_identifier": _("The code of a prize must be 1 to 40 of A-Z, a-z, 0-9, _ and -."),
    "prize_take_has_its_count": _("take of a prize must be winners from 1, one_in from 2, or all."),
    "prize_minimum_in_range": _(
        "minimum_total_yen of a prize must be from 1 to 1,000,000,000,000."
    ),
    "prize_beside_takes_all": _("beside may be true only for a prize that takes all."),
    "prize_reward_has_its_words": _(
        "reward of a prize must have the numbers of its kind, and no others."
    ),
    "prize_pool_takes_all": _("A pool must take all and have no own minimum."),
    "prize_cap_if_fits": _("cap_if of a reward must be a list of when and cap."),
}
