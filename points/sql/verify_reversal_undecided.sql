-- verify_reversal_undecided: find reversals that nobody approved and no answer explains
SELECT transfer_id FROM points_reversalverdict WHERE NOT is_decided
