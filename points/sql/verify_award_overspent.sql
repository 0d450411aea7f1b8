-- verify_award_overspent: find awards that were credited, released and forfeited too much
SELECT award_id FROM points_awardstanding
WHERE credited_points + released_points + forfeited_points > award_points
    OR expired_points > credited_points
