-- credits_of_file: list the credits of a draw that stood when the file of credits was written
-- Reads lottery_award (award_rank_once), lottery_entrant and points_account by their keys,
-- points_transfer by transfer_one_of_a_kind_per_award and transfer_reversed_once.
SELECT credit.key, member.wester_id, credit.points, credit.expires_on
FROM lottery_award award
JOIN points_transfer credit ON credit.award_id = award.id AND credit.kind = 'credit'
JOIN points_account member ON member.id = credit.to_account_id
WHERE award.draw_id = %(draw)s AND credit.id <= %(last)s AND NOT EXISTS (
    SELECT FROM points_transfer reversal
    WHERE reversal.reverses_id = credit.id AND reversal.id <= %(last)s
)
