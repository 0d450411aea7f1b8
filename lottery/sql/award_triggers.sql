-- award_triggers: rows of lottery_award are append-only and those of the result

CREATE OR REPLACE TRIGGER award_append_only
BEFORE UPDATE OR DELETE ON lottery_award
FOR EACH ROW
EXECUTE FUNCTION core_refuse('this table is only added to');
ALTER TABLE lottery_award ENABLE ALWAYS TRIGGER award_append_only;

CREATE OR REPLACE TRIGGER award_never_truncated
BEFORE TRUNCATE ON lottery_award
FOR EACH STATEMENT
EXECUTE FUNCTION core_refuse('this table is never truncated');
ALTER TABLE lottery_award ENABLE ALWAYS TRIGGER award_never_truncated;

-- Checks all rows of a statement at once, also in place of their foreign keys, which would be
-- checked row by row. Reads lottery_draw, campaign_terms and lottery_entrant by their keys. Less
-- than the reward is what was left of a budget that ends with a partial award.
CREATE OR REPLACE FUNCTION lottery_award_of_the_result() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (
        SELECT FROM written
        LEFT JOIN lottery_draw draw ON draw.id = written.draw_id
        LEFT JOIN campaign_terms terms ON terms.id = draw.terms_id
        LEFT JOIN lottery_entrant entrant
            ON entrant.id = written.entrant_id AND entrant.draw_id = written.draw_id
        WHERE (
            draw.state = 'drawn'
            AND written.rank <= draw.entry_count
            AND written.lot <= entrant.lots
            AND (
                written.points = entrant.rewards[written.prize]
                OR written.points < entrant.rewards[written.prize]
                AND terms.edge = 'partial' AND draw.leftover_points = 0
            )
        ) IS NOT TRUE
    ) OR EXISTS (
        SELECT FROM lottery_award award
        JOIN lottery_draw draw ON draw.id = award.draw_id
        WHERE draw.id IN (SELECT draw_id FROM written)
        GROUP BY draw.id HAVING SUM(award.points) > draw.total_points
    ) THEN
        RAISE EXCEPTION 'awards are those of the result, and no more'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'award_of_the_result';
    END IF;
    RETURN NULL;
END;
$$;

CREATE OR REPLACE TRIGGER award_of_the_result
AFTER INSERT ON lottery_award
REFERENCING NEW TABLE AS written
FOR EACH STATEMENT
EXECUTE FUNCTION lottery_award_of_the_result();
ALTER TABLE lottery_award ENABLE ALWAYS TRIGGER award_of_the_result;
