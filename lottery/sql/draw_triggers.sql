-- draw_triggers: legal transitions of lottery_draw, what stays once written, complete lists

CREATE OR REPLACE TRIGGER draw_begins_frozen
BEFORE INSERT ON lottery_draw
FOR EACH ROW WHEN (NEW.state <> 'frozen')
EXECUTE FUNCTION core_refuse('a draw begins with the freeze');
ALTER TABLE lottery_draw ENABLE ALWAYS TRIGGER draw_begins_frozen;

CREATE OR REPLACE FUNCTION lottery_draw_follows_its_predecessor() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    last integer;
    latest timestamptz;
BEGIN
    SELECT COALESCE(MAX(sequence), 0), MAX(round_time) INTO last, latest
    FROM lottery_draw WHERE campaign_id = NEW.campaign_id;
    IF NEW.sequence <> last + 1 THEN
        RAISE EXCEPTION 'a sequence has no gaps'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_sequence_without_gaps';
    END IF;
    IF NEW.round_time <= latest THEN
        RAISE EXCEPTION 'a successor names a later round'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_names_a_later_round';
    END IF;
    IF NOT EXISTS (
        SELECT FROM campaign_terms WHERE id = NEW.terms_id
        AND campaign_id = NEW.campaign_id AND published_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'a draw is under its published terms'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_under_published_terms';
    END IF;
    RETURN NEW;
END;
$$;

CREATE OR REPLACE TRIGGER draw_follows_its_predecessor
BEFORE INSERT ON lottery_draw
FOR EACH ROW
EXECUTE FUNCTION lottery_draw_follows_its_predecessor();
ALTER TABLE lottery_draw ENABLE ALWAYS TRIGGER draw_follows_its_predecessor;

CREATE OR REPLACE FUNCTION lottery_draw_list_complete() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF (NEW.entry_count, NEW.lots_total, NEW.eligible) <> (
        WITH listed AS MATERIALIZED (
            SELECT mask, count(*) AS entrants, SUM(lots) AS lots
            FROM lottery_entrant WHERE draw_id = NEW.id GROUP BY mask
        )
        SELECT
            COALESCE(SUM(entrants), 0)::integer,
            COALESCE(SUM(lots), 0)::integer,
            ARRAY(
                SELECT (
                    SELECT COALESCE(SUM(entrants), 0)::integer FROM listed
                    WHERE mask >> (prize.number - 1) & 1 = 1
                )
                FROM campaign_prize prize WHERE prize.terms_id = NEW.terms_id ORDER BY number
            )
        FROM listed
    ) THEN
        RAISE EXCEPTION 'the list has as many entrants and lots as the manifest says'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_list_complete';
    END IF;
    IF EXISTS (
        SELECT FROM lottery_draw draw
        JOIN campaign_campaign campaign ON campaign.id = draw.campaign_id
        WHERE draw.id = NEW.id AND draw.state <> 'void'
        AND campaign.entries_frozen_at IS DISTINCT FROM draw.frozen_at
    ) THEN
        RAISE EXCEPTION 'a draw freezes the entries of its campaign'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_freezes_the_entries';
    END IF;
    RETURN NULL;
END;
$$;

-- Deferred: the row is inserted first, then the list, then the campaign's entries_frozen_at is set.
DROP TRIGGER IF EXISTS draw_list_complete ON lottery_draw;

CREATE CONSTRAINT TRIGGER draw_list_complete
AFTER INSERT ON lottery_draw
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW
EXECUTE FUNCTION lottery_draw_list_complete();
ALTER TABLE lottery_draw ENABLE ALWAYS TRIGGER draw_list_complete;

CREATE OR REPLACE FUNCTION lottery_draw_awards_complete() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF (NEW.winners, NEW.total_points) <> (
        WITH given AS MATERIALIZED (
            SELECT
                award.prize,
                count(*) FILTER (WHERE award.points = entrant.rewards[award.prize]) AS winners,
                SUM(award.points) AS points
            FROM lottery_award award JOIN lottery_entrant entrant ON entrant.id = award.entrant_id
            WHERE award.draw_id = NEW.id GROUP BY award.prize
        )
        SELECT
            ARRAY(
                SELECT COALESCE(given.winners, 0)::integer
                FROM generate_series(1, cardinality(NEW.eligible)) number
                LEFT JOIN given ON given.prize = number ORDER BY number
            ),
            COALESCE(SUM(points), 0)::bigint
        FROM given
    ) OR EXISTS (
        SELECT FROM lottery_award partial
        JOIN lottery_entrant entrant ON entrant.id = partial.entrant_id
        WHERE partial.draw_id = NEW.id AND partial.points < entrant.rewards[partial.prize]
            AND EXISTS (
                SELECT FROM lottery_award later
                WHERE later.draw_id = NEW.id
                    AND (later.prize, later.rank) > (partial.prize, partial.rank)
            )
    ) THEN
        RAISE EXCEPTION 'the awards are those of the result'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_awards_complete';
    END IF;
    IF EXISTS (
        SELECT FROM lottery_award award
        JOIN campaign_prize prize ON prize.terms_id = NEW.terms_id AND prize.number = award.prize
        JOIN lottery_award earlier
            ON earlier.entrant_id = award.entrant_id AND earlier.prize < award.prize
        WHERE award.draw_id = NEW.id AND NOT prize.beside
    ) THEN
        RAISE EXCEPTION 'who has an earlier prize is passed over'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_awards_pass_over_winners';
    END IF;
    RETURN NULL;
END;
$$;

DROP TRIGGER IF EXISTS draw_awards_complete ON lottery_draw;

CREATE CONSTRAINT TRIGGER draw_awards_complete
AFTER UPDATE ON lottery_draw
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.state = 'drawn' AND OLD.state <> 'drawn')
EXECUTE FUNCTION lottery_draw_awards_complete();
ALTER TABLE lottery_draw ENABLE ALWAYS TRIGGER draw_awards_complete;

CREATE OR REPLACE TRIGGER draw_frozen_part_stays
BEFORE UPDATE ON lottery_draw
FOR EACH ROW WHEN (
    (OLD.campaign_id, OLD.chain, OLD.eligible, OLD.entry_count, OLD.frozen_at, OLD.lots_total,
        OLD.manifest, OLD.manifest_sha256, OLD.publish_by, OLD.round, OLD.round_time, OLD.sequence,
        OLD.signature, OLD.subtrees, OLD.terms_id, OLD.terms_json, OLD.verifier)
        IS DISTINCT FROM (NEW.campaign_id, NEW.chain, NEW.eligible, NEW.entry_count,
            NEW.frozen_at, NEW.lots_total, NEW.manifest, NEW.manifest_sha256, NEW.publish_by,
            NEW.round, NEW.round_time, NEW.sequence, NEW.signature, NEW.subtrees, NEW.terms_id,
            NEW.terms_json, NEW.verifier)
)
EXECUTE FUNCTION core_refuse('what the freeze settled never changes');
ALTER TABLE lottery_draw ENABLE ALWAYS TRIGGER draw_frozen_part_stays;

CREATE OR REPLACE TRIGGER draw_moves_forward
BEFORE UPDATE ON lottery_draw
FOR EACH ROW WHEN (
    OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('frozen', 'published'), ('frozen', 'drawn'), ('frozen', 'void'),
        ('published', 'drawn'), ('published', 'void'),
        ('drawn', 'confirmed'), ('drawn', 'void'),
        ('confirmed', 'void')
    )
)
EXECUTE FUNCTION core_refuse('a draw does not move from this state to that one');
ALTER TABLE lottery_draw ENABLE ALWAYS TRIGGER draw_moves_forward;

CREATE OR REPLACE TRIGGER draw_publication_stays
BEFORE UPDATE ON lottery_draw
FOR EACH ROW WHEN (
    (OLD.published_at, OLD.published_by_id) IS DISTINCT FROM (NEW.published_at, NEW.published_by_id)
    AND (OLD.state = NEW.state OR NEW.state <> 'published')
)
EXECUTE FUNCTION core_refuse('this part of a draw is written once');
ALTER TABLE lottery_draw ENABLE ALWAYS TRIGGER draw_publication_stays;

CREATE OR REPLACE TRIGGER draw_result_stays
BEFORE UPDATE ON lottery_draw
FOR EACH ROW WHEN (
    (OLD.drawn_at, OLD.round_json, OLD.result, OLD.winners_csv, OLD.ranks, OLD.winners,
        OLD.total_points, OLD.leftover_points)
    IS DISTINCT FROM (NEW.drawn_at, NEW.round_json, NEW.result, NEW.winners_csv,
        NEW.ranks, NEW.winners, NEW.total_points, NEW.leftover_points)
    AND (OLD.state = NEW.state OR NEW.state <> 'drawn')
)
EXECUTE FUNCTION core_refuse('this part of a draw is written once');
ALTER TABLE lottery_draw ENABLE ALWAYS TRIGGER draw_result_stays;

CREATE OR REPLACE TRIGGER draw_confirmation_stays
BEFORE UPDATE ON lottery_draw
FOR EACH ROW WHEN (
    (OLD.confirmed_at, OLD.confirmed_by_id) IS DISTINCT FROM (NEW.confirmed_at, NEW.confirmed_by_id)
    AND (OLD.state = NEW.state OR NEW.state <> 'confirmed')
)
EXECUTE FUNCTION core_refuse('this part of a draw is written once');
ALTER TABLE lottery_draw ENABLE ALWAYS TRIGGER draw_confirmation_stays;

CREATE OR REPLACE TRIGGER draw_void_stays
BEFORE UPDATE ON lottery_draw
FOR EACH ROW WHEN (
    (OLD.voided_at, OLD.voided_by_id, OLD.void_reason)
    IS DISTINCT FROM (NEW.voided_at, NEW.voided_by_id, NEW.void_reason)
    AND (OLD.state = NEW.state OR NEW.state <> 'void')
)
EXECUTE FUNCTION core_refuse('this part of a draw is written once');
ALTER TABLE lottery_draw ENABLE ALWAYS TRIGGER draw_void_stays;

CREATE OR REPLACE TRIGGER draw_keys_are_only_erased
BEFORE UPDATE ON lottery_draw
FOR EACH ROW WHEN (
    (OLD.pid_key, OLD.nonce_key, OLD.forgotten_at, OLD.forgotten_by_id)
    IS DISTINCT FROM (NEW.pid_key, NEW.nonce_key, NEW.forgotten_at, NEW.forgotten_by_id)
    AND (OLD.forgotten_at IS NOT NULL OR NEW.forgotten_at IS NULL)
)
EXECUTE FUNCTION core_refuse('the keys of a draw are erased once and never replaced');
ALTER TABLE lottery_draw ENABLE ALWAYS TRIGGER draw_keys_are_only_erased;

CREATE OR REPLACE TRIGGER draw_never_deleted
BEFORE DELETE ON lottery_draw
FOR EACH ROW
EXECUTE FUNCTION core_refuse('draws are never deleted');
ALTER TABLE lottery_draw ENABLE ALWAYS TRIGGER draw_never_deleted;

CREATE OR REPLACE TRIGGER draw_never_truncated
BEFORE TRUNCATE ON lottery_draw
FOR EACH STATEMENT
EXECUTE FUNCTION core_refuse('this table is never truncated');
ALTER TABLE lottery_draw ENABLE ALWAYS TRIGGER draw_never_truncated;
