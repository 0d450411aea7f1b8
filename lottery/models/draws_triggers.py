"""What constraints cannot say about a draw; every refusal carries a name of its own."""

import pgtrigger

from bookings.models.triggers import never, never_truncated, refuse
from lottery.models.draws_rules import RESULT

# What is settled by the freeze, before anything else can happen.
FROZEN_PART = (
    "campaign",
    "sequence",
    "terms",
    "chain",
    "round",
    "round_time",
    "publish_by",
    "frozen_at",
    "entry_count",
    "terms_json",
    "manifest",
    "manifest_sha256",
    "signature",
    "verifier",
    "subtrees",
)
LEGAL_MOVES = """
    OLD.state = NEW.state OR (OLD.state, NEW.state) IN (
        ('frozen', 'published'), ('frozen', 'drawn'), ('frozen', 'void'),
        ('published', 'drawn'), ('published', 'void'),
        ('drawn', 'confirmed'), ('drawn', 'void'),
        ('confirmed', 'void')
    )
"""


def changes(*columns: str) -> str:
    """Return the SQL that says whether any of these columns changes."""
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return f"({old}) IS DISTINCT FROM ({new})"


def only_with(name: str, *columns: str, move: str) -> pgtrigger.Trigger:
    """Return the trigger by which columns change with one move between states and never else."""
    return never(
        name,
        pgtrigger.Update,
        condition=pgtrigger.Condition(
            f"({changes(*columns)} AND (OLD.state = NEW.state OR NOT ({move})))"
        ),
        message="this part of a draw is written once",
    )


FOLLOWS_ITS_PREDECESSOR = pgtrigger.Trigger(
    name="draw_follows_its_predecessor",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("last", "integer"), ("latest", "timestamptz")],
    func=f"""
        SELECT COALESCE(MAX(sequence), 0), MAX(round_time) INTO last, latest
        FROM lottery_draw WHERE campaign_id = NEW.campaign_id;
        IF NEW.sequence <> last + 1 THEN
            {refuse("draw_sequence_without_gaps", "a sequence has no gaps")}
        END IF;
        IF NEW.round_time <= latest THEN
            {refuse("draw_names_a_later_round", "a successor names a later round")}
        END IF;
        IF NOT EXISTS (
            SELECT FROM campaign_terms WHERE id = NEW.terms_id
            AND campaign_id = NEW.campaign_id AND published_at IS NOT NULL
        ) THEN
            {refuse("draw_under_published_terms", "a draw is under its published terms")}
        END IF;
        RETURN NEW;
    """,
)
# To the end of the transaction: the row comes first, then the list, then the campaign's mark.
LIST_COMPLETE = pgtrigger.Trigger(
    name="draw_list_complete",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    func=f"""
        IF NEW.entry_count <> (SELECT count(*) FROM lottery_entrant WHERE draw_id = NEW.id) THEN
            {refuse("draw_list_complete", "the list has as many entrants as the manifest says")}
        END IF;
        IF EXISTS (
            SELECT FROM lottery_draw draw
            JOIN campaign_campaign campaign ON campaign.id = draw.campaign_id
            WHERE draw.id = NEW.id AND draw.state <> 'void'
            AND campaign.entries_frozen_at IS DISTINCT FROM draw.frozen_at
        ) THEN
            {refuse("draw_freezes_the_entries", "a draw freezes the entries of its campaign")}
        END IF;
        RETURN NULL;
    """,
)
AWARDS_COMPLETE = pgtrigger.Trigger(
    name="draw_awards_complete",
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    timing=pgtrigger.Deferred,
    condition=pgtrigger.Q(new__state="drawn") & ~pgtrigger.Q(old__state="drawn"),
    func=f"""
        IF (NEW.winners, NEW.total_points) <> (
            SELECT count(*) FILTER (WHERE rank <= NEW.winners), COALESCE(SUM(points), 0)
            FROM lottery_award WHERE draw_id = NEW.id
        ) THEN
            {refuse("draw_awards_complete", "the awards are those of the result")}
        END IF;
        RETURN NULL;
    """,
)
DRAW_TRIGGERS = [
    never(
        "draw_begins_frozen",
        pgtrigger.Insert,
        condition=~pgtrigger.Q(new__state="frozen"),
        message="a draw begins with the freeze",
    ),
    FOLLOWS_ITS_PREDECESSOR,
    LIST_COMPLETE,
    AWARDS_COMPLETE,
    never(
        "draw_frozen_part_stays",
        pgtrigger.Update,
        condition=pgtrigger.AnyChange(*FROZEN_PART),
        message="what the freeze settled never changes",
    ),
    never(
        "draw_moves_forward",
        pgtrigger.Update,
        condition=pgtrigger.Condition(f"(NOT ({LEGAL_MOVES}))"),
        message="a draw does not move from this state to that one",
    ),
    only_with(
        "draw_publication_stays", "published_at", "published_by_id", move="NEW.state = 'published'"
    ),
    only_with("draw_result_stays", *RESULT, move="NEW.state = 'drawn'"),
    only_with(
        "draw_confirmation_stays", "confirmed_at", "confirmed_by_id", move="NEW.state = 'confirmed'"
    ),
    only_with(
        "draw_void_stays", "voided_at", "voided_by_id", "void_reason", move="NEW.state = 'void'"
    ),
    never(
        "draw_keys_are_only_erased",
        pgtrigger.Update,
        condition=pgtrigger.Condition(
            f"({changes('pid_key', 'nonce_key', 'forgotten_at', 'forgotten_by_id')}"
            " AND (OLD.forgotten_at IS NOT NULL OR NEW.forgotten_at IS NULL))"
        ),
        message="the keys of a draw are erased once and never replaced",
    ),
    never("draw_never_deleted", pgtrigger.Delete, message="draws are never deleted"),
    never_truncated("draw_never_truncated"),
]
