-- verify_reversal_differs: find reversals that do not mirror one transfer
SELECT transfer_id FROM points_reversalverdict WHERE NOT mirrors
