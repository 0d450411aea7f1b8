-- award_standing: the view of what became of each award
-- A reversed transfer counts for nothing. A query of one draw or one award uses
-- transfer_one_of_a_kind_per_award and transfer_reversed_once.
CREATE OR REPLACE VIEW points_awardstanding AS
SELECT
    award.id AS award_id,
    award.draw_id,
    award.prize,
    award.rank,
    entrant.wester_id,
    award.points AS award_points,
    CASE
        WHEN forfeit.id IS NOT NULL THEN 'forfeited'
        WHEN credit.id IS NOT NULL AND NOT credit.is_reversed THEN 'credited'
        WHEN reserve.id IS NULL THEN 'drawn'
        WHEN reserve.is_reversed THEN 'void'
        ELSE 'reserved'
    END::varchar(9) AS state,
    CASE WHEN NOT credit.is_reversed THEN credit.points ELSE 0 END AS credited_points,
    COALESCE(release.points, 0) AS released_points,
    COALESCE(forfeit.points, 0) AS forfeited_points,
    COALESCE(expire.points, 0) AS expired_points,
    credit.key AS credit_key,
    CASE WHEN NOT credit.is_reversed THEN credit.at END AS credited_at,
    CASE WHEN NOT credit.is_reversed THEN credit.expires_on END AS expires_on,
    COALESCE(forfeit.reason, release.reason, ''::varchar) AS reason,
    COALESCE(forfeit.detail, ''::text) AS detail
FROM lottery_award award
JOIN lottery_entrant entrant ON entrant.id = award.entrant_id
LEFT JOIN (
    SELECT id, award_id, EXISTS (
        SELECT FROM points_transfer reversal WHERE reversal.reverses_id = transfer.id
    ) AS is_reversed
    FROM points_transfer transfer WHERE kind = 'reserve'
) reserve ON reserve.award_id = award.id
LEFT JOIN (
    SELECT id, award_id, key, points, at, expires_on, EXISTS (
        SELECT FROM points_transfer reversal WHERE reversal.reverses_id = transfer.id
    ) AS is_reversed
    FROM points_transfer transfer WHERE kind = 'credit'
) credit ON credit.award_id = award.id
LEFT JOIN points_transfer release ON release.award_id = award.id AND release.kind = 'release'
LEFT JOIN points_transfer forfeit ON forfeit.award_id = award.id AND forfeit.kind = 'forfeit'
    AND NOT EXISTS (SELECT FROM points_transfer reversal WHERE reversal.reverses_id = forfeit.id)
LEFT JOIN points_transfer expire ON expire.award_id = award.id AND expire.kind = 'expire';
