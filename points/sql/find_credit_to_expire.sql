-- find_credit_to_expire: find one credit whose last day is over and that has not expired yet
-- Reads points_transfer; uses transfer_one_of_a_kind_per_award and transfer_reversed_once.
SELECT 1 FROM points_transfer credit
WHERE credit.kind = 'credit' AND credit.expires_on < %(today)s
    AND NOT EXISTS (SELECT FROM points_transfer reversal WHERE reversal.reverses_id = credit.id)
    AND NOT EXISTS (
        SELECT FROM points_transfer expiry
        WHERE expiry.award_id = credit.award_id AND expiry.kind = 'expire'
    )
LIMIT 1
