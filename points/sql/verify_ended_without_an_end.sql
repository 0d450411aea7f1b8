-- verify_ended_without_an_end: find awards without an end in a payout that has ended
SELECT standing.award_id FROM points_awardstanding standing
JOIN points_payout payout ON payout.draw_id = standing.draw_id
WHERE payout.ended_at IS NOT NULL AND (
    standing.state NOT IN ('credited', 'forfeited')
    OR standing.credited_points + standing.released_points + standing.forfeited_points
        <> standing.award_points
)
