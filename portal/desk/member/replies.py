"""Polite replies to the usual questions, from the same facts that the member reads.

What a result says is taken from the member's own page as it is, so that a reply never says
something else.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.utils.timezone import localtime
from django.utils.translation import pgettext

from portal import formats
from portal.desk.member.facts import CaseBooking, Facts
from portal.my_result import ShownResult
from portal.states import Outcome, ShownState, Verdict

ENDS_A_LINE = re.compile(r"</(?:p|li|dd)>")
MAX_BOOKINGS = 20  # that one reply lists
UNWELCOME = {Outcome.OUTSIDE, Outcome.LOST, Outcome.FORFEITED}


@dataclass(frozen=True)
class Reply:
    """A question that callers ask, and the text that answers it."""

    question: str
    text: str


def write_replies(facts: Facts) -> list[Reply]:
    """Return a reply to each usual question, in the language of the page."""
    found = [
        (pgettext("question", "Am I entered?"), entry_lines(facts)),
        *booking_questions(facts),
        (pgettext("question", "What is my eligible total?"), total_lines(facts)),
        (pgettext("question", "A booking of mine is missing"), missing_lines(facts)),
        (result_question(facts), result_lines(facts)),
        (pgettext("question", "When do the points come?"), credit_lines(facts)),
    ]
    return [Reply(question, in_letter(facts, lines)) for question, lines in found]


def in_letter(facts: Facts, lines: list[str]) -> str:
    """Return the lines between greeting and end."""
    opening = pgettext("reply", "Thank you for your question about “%(campaign)s”.")
    return "\n".join(
        [
            opening % {"campaign": facts.name},
            "",
            *lines,
            "",
            pgettext("reply", "If anything is unclear, please ask us again at any time."),
        ]
    )


def entry_lines(facts: Facts) -> list[str]:
    """Return whether the member takes part, and since when."""
    terms = facts.terms
    if facts.receipt:
        received = pgettext("reply", "We received your entry on %(moment)s.")
        number = pgettext("reply", "Your receipt number is %(number)s.")
        moment = formats.second_in_words(localtime(facts.receipt.entered_at))
        return [received % {"moment": moment}, number % {"number": facts.receipt.number}]
    if not terms.entry_needed:
        return [pgettext("reply", "Nobody needs to enter this campaign.")]
    if facts.is_carried:
        return [
            pgettext("reply", "Your entry to another campaign of this series is valid here too.")
        ]
    if facts.state is ShownState.BEFORE:
        opening = pgettext("reply", "Entries open on %(moment)s.")
        return [opening % {"moment": formats.moment_in_words(localtime(terms.opens_at))}]
    end = {"end": formats.deadline_in_words(localtime(terms.closes_at))}
    if facts.state is ShownState.OPEN:
        return [
            pgettext("reply", "We have no entry of yours yet."),
            pgettext("reply", "Entries are accepted on the campaign page until %(end)s.") % end,
            *waiting_lines(facts),
        ]
    return [
        pgettext("reply", "We have no entry of yours."),
        pgettext("reply", "Entries were accepted until %(end)s.") % end,
        *waiting_lines(facts),
    ]


def booking_questions(facts: Facts) -> Iterator[tuple[str, list[str]]]:
    """Yield a question for each booking that does not count, with its reasons."""
    for booking in facts.bookings:
        shown = booking.shown
        if shown.verdict is Verdict.COUNTS:
            continue
        waits = shown.verdict is Verdict.WAITS
        question = (
            pgettext("question", "When does the booking of %(day)s, %(start)s to %(end)s, count?")
            if waits
            else pgettext(
                "question", "Why is the booking of %(day)s, %(start)s to %(end)s, not eligible?"
            )
        )
        which = {
            "day": formats.day_in_words(shown.travel_date, with_year=False),
            "start": shown.legs[0].start,
            "end": shown.legs[-1].end,
        }
        about = pgettext("reply", "About your booking %(booking)s:")
        lines = [about % {"booking": booking_in_words(booking)}]
        if waits:
            lines += [*shown.sentences]
            lines.append(pgettext("reply", "It may take some days until a ride is known to us."))
        else:
            lines += with_regret([*shown.sentences])
        yield question % which, lines


def with_regret(lines: list[str]) -> list[str]:
    """Return what nobody likes to read, as a letter says it."""
    return [
        pgettext("reply", "We are sorry to tell you what our check has shown:"),
        *lines,
        pgettext("reply", "We kindly ask for your understanding."),
    ]


def waiting_lines(facts: Facts) -> list[str]:
    """Return that data about the member could not be taken in yet; empty where there is none."""
    if any(row.is_open for row in facts.rows):
        return [pgettext("reply", "We are checking further data about you.")]
    return []


def booking_in_words(booking: CaseBooking) -> str:
    """Return a booking in a line: number, day, journey and yen."""
    shown = booking.shown
    return pgettext("reply", "no. %(number)s (%(day)s, %(start)s to %(end)s, %(yen)s yen)") % {
        "number": shown.stored.reservation_no,
        "day": formats.day_in_words(shown.travel_date),
        "start": shown.legs[0].start,
        "end": shown.legs[-1].end,
        "yen": formats.grouped(shown.amount_yen),
    }


def total_lines(facts: Facts) -> list[str]:
    """Return the total of the last computation, what waits, and what is missing."""
    total = facts.total
    if not total.as_of and not total.is_final:
        sentence = pgettext("reply", "Your total has not been computed yet; it is once a day.")
        return [sentence, *waiting_lines(facts)]
    yen = formats.grouped(total.yen)
    if total.as_of:
        day = formats.bare_day_in_words(localtime(total.as_of).date())
        sentence = pgettext("reply", "As of %(day)s your eligible total is %(yen)s yen.")
        lines = [sentence % {"day": day, "yen": yen}]
    else:
        lines = [pgettext("reply", "Your eligible total is %(yen)s yen.") % {"yen": yen}]
    is_outside = facts.result is not None and facts.result.outcome is Outcome.OUTSIDE
    awaiting = total.unconfirmed_sentence if is_outside else total.awaiting_sentence
    lines += [awaiting] if awaiting else []
    if total.missing_yen and not facts.result:
        sentence = pgettext("reply", "Another %(missing)s yen reach the %(minimum)s yen needed.")
        minimum = formats.grouped(facts.terms.minimum_total_yen)
        missing = formats.grouped(total.missing_yen)
        lines.append(sentence % {"missing": missing, "minimum": minimum})
    return [*lines, *waiting_lines(facts)]


def missing_lines(facts: Facts) -> list[str]:
    """Return which bookings are known, and that others may still come."""
    if facts.bookings:
        lines = [pgettext("reply", "These bookings of yours are known to us:")]
        item = pgettext("reply", "- %(booking)s")
        known = facts.bookings[:MAX_BOOKINGS]
        lines += [item % {"booking": booking_in_words(one)} for one in known]
    else:
        lines = [pgettext("reply", "No booking of yours is known to us.")]
    lines += waiting_lines(facts)
    if not facts.total.is_final:
        lines.append(pgettext("reply", "It may take some days until a booking is known to us."))
    return lines


def result_question(facts: Facts) -> str:
    """Return the question about the result, with or without a draw."""
    if facts.gives_to_all:
        return pgettext("question", "Do I get points?")
    return pgettext("question", "Have I won? When is the draw?")


def result_lines(facts: Facts) -> list[str]:
    """Return the result as the member reads it; before there is one, when it comes."""
    if facts.result:
        return [*won_lines(facts.result), *outcome_lines(facts)]
    lines = [*facts.sentences]
    if facts.gives_to_all:
        return [*lines, pgettext("reply", "Once the points are settled, my page will say so.")]
    return [
        *lines,
        pgettext("reply", "The draw has not been held yet."),
        pgettext("reply", "Its result will be announced on my page."),
    ]


def won_lines(result: ShownResult) -> list[str]:
    """Return that an award was drawn, where the member's page tells only of the crediting."""
    if not result.has_draw or result.outcome is not Outcome.CREDITED:
        return []
    sentence = pgettext("reply", "You were drawn, and won %(points)s points.")
    return [sentence % {"points": formats.grouped(result.award_points)}]


def outcome_lines(facts: Facts) -> list[str]:
    """Return what the member's own page says of the result, as a letter says it."""
    lines = page_lines(facts)
    if facts.result is None or facts.result.outcome not in UNWELCOME:
        return lines
    waits = waiting_lines(facts) if facts.result.outcome is Outcome.OUTSIDE else []
    return with_regret([*lines, *waits])


def page_lines(facts: Facts) -> list[str]:
    """Return what the member's own page says of the result, as lines of text."""
    context = {**facts.seen, "terms": facts.terms}
    markup = render_to_string("portal/_outcome.html", context)
    texts = (html.unescape(strip_tags(part)) for part in ENDS_A_LINE.split(markup))
    return [" ".join(text.split()) for text in texts if text.strip()]


def credit_lines(facts: Facts) -> list[str]:
    """Return when points are credited and until when they are valid; of an award what became."""
    result = facts.result
    if result and result.awards:
        return outcome_lines(facts)
    planned = pgettext("reply", "The points are planned to be credited in %(time)s.")
    valid = pgettext("reply", "They are valid until %(day)s.")
    month = {"time": formats.part_of_month_in_words(localtime(facts.terms.credit_at).date())}
    day = {"day": formats.last_day_in_words(facts.terms.expires_on)}
    if result and result.draw.confirmed_at:
        return outcome_lines(facts)
    to_whom = (
        pgettext("reply", "All who take part get points.")
        if facts.gives_to_all
        else pgettext("reply", "Those who are drawn get points.")
    )
    return [to_whom, planned % month, valid % day]
