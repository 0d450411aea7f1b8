-- entrant_triggers: rows of lottery_entrant are append-only and fit their draw and its terms

CREATE OR REPLACE TRIGGER entrant_append_only
BEFORE UPDATE OR DELETE ON lottery_entrant
FOR EACH ROW
EXECUTE FUNCTION core_refuse('this table is only added to');
ALTER TABLE lottery_entrant ENABLE ALWAYS TRIGGER entrant_append_only;

CREATE OR REPLACE TRIGGER entrant_never_truncated
BEFORE TRUNCATE ON lottery_entrant
FOR EACH STATEMENT
EXECUTE FUNCTION core_refuse('this table is never truncated');
ALTER TABLE lottery_entrant ENABLE ALWAYS TRIGGER entrant_never_truncated;

-- Checks all rows of a statement at once, also in place of their foreign key, which would be
-- checked row by row. Reads lottery_draw and campaign_terms by their keys, once per draw and not
-- per row. Positions are unique and below the count, so that nothing can be added to a complete
-- list.
CREATE OR REPLACE FUNCTION lottery_entrant_of_its_list() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (
        WITH list AS MATERIALIZED (
            SELECT draw.id, draw.entry_count, terms.minimum_total_yen,
                COALESCE(prize.cap, prize.points) AS reward_cap_points
            FROM lottery_draw draw JOIN campaign_terms terms ON terms.id = draw.terms_id
            JOIN campaign_prize prize ON prize.terms_id = terms.id AND prize.number = 1
            WHERE draw.state = 'frozen'
        )
        SELECT FROM written
        LEFT JOIN list ON list.id = written.draw_id
        WHERE (
            written.position < list.entry_count
            AND written.reward_points = campaign_reward_points(
                written.total_yen, list.minimum_total_yen, list.reward_cap_points
            )
        ) IS NOT TRUE
    ) THEN
        RAISE EXCEPTION 'an entrant has a place on the list, and the reward that the terms say'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'entrant_of_its_list';
    END IF;
    RETURN NULL;
END;
$$;

CREATE OR REPLACE TRIGGER entrant_of_its_list
AFTER INSERT ON lottery_entrant
REFERENCING NEW TABLE AS written
FOR EACH STATEMENT
EXECUTE FUNCTION lottery_entrant_of_its_list();
ALTER TABLE lottery_entrant ENABLE ALWAYS TRIGGER entrant_of_its_list;
