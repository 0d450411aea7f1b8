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
-- checked row by row: once for each draw, and once for each of its prizes. Reads lottery_draw by
-- its key and campaign_plannedprize by its version of the terms. Positions are unique and below the
-- count, so that nothing can be added to a complete list.
CREATE OR REPLACE FUNCTION lottery_entrant_of_its_list() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    list record;
    plan record;
    share bigint;
    fits boolean;
BEGIN
    FOR list IN
        SELECT lists.draw_id, draw.entry_count, draw.lots_total, draw.terms_id, draw.state
        FROM (SELECT DISTINCT draw_id FROM written) lists
        LEFT JOIN lottery_draw draw ON draw.id = lists.draw_id
    LOOP
        fits := list.state = 'frozen';
        FOR plan IN
            SELECT planned.*, count(*) OVER () AS prizes FROM campaign_plannedprize planned
            WHERE terms_id = list.terms_id ORDER BY number
        LOOP
            share := plan.pool_points / nullif(list.lots_total, 0);
            fits := fits AND NOT EXISTS (
                SELECT FROM written
                WHERE draw_id = list.draw_id AND (
                    rewards[plan.number] = campaign_reward(
                        total_yen, plan.prize_minimum_yen, plan.kind, plan.percent,
                        plan.ceilings[facts + 1], lots, share
                    )
                    AND mask >> (plan.number - 1) & 1 = least(rewards[plan.number], 1)
                    AND (plan.number > 1 OR (
                        position < list.entry_count
                        AND lots >= 1
                        AND lots = campaign_lots(
                            total_yen, plan.minimum_total_yen, plan.lots_yen, plan.lots_most,
                            plan.times[facts + 1]
                        )
                        AND cardinality(rewards) = plan.prizes
                        AND mask < 1 << plan.prizes::integer
                    ))
                ) IS NOT TRUE
            );
        END LOOP;
        IF fits IS NOT TRUE THEN
            RAISE EXCEPTION 'an entrant has a place on the list, lots and rewards as the terms say'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entrant_of_its_list';
        END IF;
    END LOOP;
    RETURN NULL;
END;
$$;

CREATE OR REPLACE TRIGGER entrant_of_its_list
AFTER INSERT ON lottery_entrant
REFERENCING NEW TABLE AS written
FOR EACH STATEMENT
EXECUTE FUNCTION lottery_entrant_of_its_list();
ALTER TABLE lottery_entrant ENABLE ALWAYS TRIGGER entrant_of_its_list;
