"""What the columns of a draw must hold, whoever writes them; its states are whole ones."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length

from campaign.models.terms import whole_second
from lottery.protocol import BLOCK, HASH_BYTES

NOT_PUBLISHED = Q(published_at__isnull=True, published_by__isnull=True)
IS_PUBLISHED = Q(published_at__isnull=False, published_by__isnull=False)
RESULT = (
    "drawn_at",
    "round_json",
    "result",
    "winners_csv",
    "winners",
    "total_points",
    "leftover_points",
)
NOT_RUN = Q(**{f"{name}__isnull": True for name in RESULT})
IS_RUN = Q(**{f"{name}__isnull": False for name in RESULT})
NOT_CONFIRMED = Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
IS_CONFIRMED = Q(confirmed_at__isnull=False, confirmed_by__isnull=False)
STANDING = Q(voided_at__isnull=True, voided_by__isnull=True, void_reason="")
IS_VOID = Q(voided_at__isnull=False, voided_by__isnull=False) & ~Q(void_reason="")

FROZEN = Q(state="frozen") & NOT_PUBLISHED & NOT_RUN & NOT_CONFIRMED & STANDING
PUBLISHED = Q(state="published") & IS_PUBLISHED & NOT_RUN & NOT_CONFIRMED & STANDING
# One that was never published is run only to be void with its result.
DRAWN = Q(state="drawn") & (IS_PUBLISHED | NOT_PUBLISHED) & IS_RUN & NOT_CONFIRMED & STANDING
CONFIRMED = Q(state="confirmed") & IS_PUBLISHED & IS_RUN & IS_CONFIRMED & STANDING
VOID = (
    Q(state="void")
    & IS_VOID
    & (
        (IS_PUBLISHED & IS_RUN & IS_CONFIRMED)
        | ((IS_PUBLISHED | NOT_PUBLISHED) & (IS_RUN | NOT_RUN) & NOT_CONFIRMED)
    )
)
KEYS_HELD = Q(
    pid_key__isnull=False,
    nonce_key__isnull=False,
    forgotten_at__isnull=True,
    forgotten_by__isnull=True,
)
KEYS_ERASED = Q(
    pid_key__isnull=True,
    nonce_key__isnull=True,
    forgotten_at__isnull=False,
    forgotten_by__isnull=False,
)


class Sha256(models.Func):
    """The hash of a bytea, by PostgreSQL itself."""

    function = "sha256"
    output_field = models.BinaryField()


def has_bytes(field: str, count: int | models.expressions.Combinable) -> Q:
    """Say how many bytes a column has."""
    return Q(models.lookups.Exact(Length(field), count))


DRAW_RULES: list[models.BaseConstraint] = [
    models.UniqueConstraint(fields=["campaign", "sequence"], name="draw_sequence_once"),
    models.UniqueConstraint(
        fields=["campaign"], condition=~Q(state="void"), name="draw_one_that_is_not_void"
    ),
    models.UniqueConstraint(fields=["manifest_sha256"], name="draw_manifest_once"),
    models.CheckConstraint(
        condition=FROZEN | PUBLISHED | DRAWN | CONFIRMED | VOID, name="draw_in_one_whole_state"
    ),
    models.CheckConstraint(condition=KEYS_HELD | KEYS_ERASED, name="draw_keys_held_or_erased"),
    models.CheckConstraint(
        condition=KEYS_HELD | Q(state__in=["confirmed", "void"]), name="draw_keys_held_to_its_end"
    ),
    models.CheckConstraint(condition=Q(sequence__gte=1), name="draw_sequence_from_1"),
    models.CheckConstraint(condition=Q(chain__in=["quicknet", "local"]), name="draw_chain_known"),
    models.CheckConstraint(condition=Q(round__gte=1), name="draw_round_from_1"),
    models.CheckConstraint(
        condition=Q(frozen_at__lte=F("publish_by")) & Q(publish_by__lte=F("round_time")),
        name="draw_instants_in_order",
    ),
    models.CheckConstraint(
        condition=whole_second("frozen_at", "publish_by", "round_time"),
        name="draw_instants_whole_seconds",
    ),
    models.CheckConstraint(
        condition=Q(published_at__isnull=True)
        | Q(published_at__gte=F("frozen_at"), published_at__lte=F("publish_by")),
        name="draw_published_in_time",
    ),
    models.CheckConstraint(
        condition=Q(drawn_at__isnull=True) | Q(drawn_at__gte=F("round_time")),
        name="draw_run_after_its_round",
    ),
    models.CheckConstraint(
        condition=Q(voided_at__isnull=True) | Q(voided_at__lt=F("round_time")) | IS_RUN,
        name="draw_void_before_its_round_or_run",
    ),
    models.CheckConstraint(
        condition=Q(entry_count__gte=0)
        & (Q(winners__isnull=True) | Q(winners__gte=0, winners__lte=F("entry_count")))
        & (Q(total_points__isnull=True) | Q(total_points__gte=0))
        & (Q(leftover_points__isnull=True) | Q(leftover_points__gte=0)),
        name="draw_counts_in_range",
    ),
    models.CheckConstraint(
        condition=Q(manifest_sha256=Sha256("manifest")), name="draw_hash_is_of_its_manifest"
    ),
    models.CheckConstraint(
        condition=Q(signature__regex=r"^[0-9a-f]{128}$"), name="draw_signature_is_hex"
    ),
    models.CheckConstraint(
        condition=has_bytes("subtrees", (F("entry_count") + (BLOCK - 1)) / BLOCK * HASH_BYTES),
        name="draw_subtrees_of_its_entries",
    ),
]
