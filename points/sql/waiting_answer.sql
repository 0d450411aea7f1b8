-- waiting_answer: the view of the rows in quarantine that each payout waits for
-- A row holds every payout that its file was settled for, but for those whose credit it is not. A
-- row without a readable key, or with a key that is no credit's, holds all of them. Uses
-- quarantinedrow_open, and points_transfer by its key.
CREATE OR REPLACE VIEW points_waitinganswer AS
SELECT
    results.payout_id || '/' || waiting.id AS id,
    results.payout_id,
    waiting.id AS row_id
FROM bookings_quarantinedrow waiting
JOIN points_resultsfile results ON results.file_id = waiting.file_id
JOIN points_payout payout ON payout.id = results.payout_id
WHERE waiting.status = 'open' AND NOT EXISTS (
    SELECT FROM points_transfer credit
    JOIN lottery_award award ON award.id = credit.award_id
    WHERE credit.key = decode(points_answered_key(waiting.content), 'hex')
        AND credit.kind = 'credit' AND award.draw_id <> payout.draw_id
);
