-- planned_prize: the view of each prize with what the functions of rewards.sql take
-- One row for each prize of each version of terms; times and ceilings by facts. A query of one
-- version uses the key of campaign_terms and prize_number_once.
CREATE OR REPLACE VIEW campaign_plannedprize AS
SELECT
    terms.id AS terms_id,
    prize.number,
    prize.take,
    prize.kind,
    terms.minimum_total_yen,
    terms.lots_yen,
    terms.lots_most,
    campaign_values_by_facts(terms.lots_times, 'times', 1) AS times,
    COALESCE(prize.minimum_total_yen, terms.minimum_total_yen) AS prize_minimum_yen,
    prize.percent,
    CASE WHEN prize.kind = 'fixed'
        THEN campaign_values_by_facts('[]', '', prize.points)
        ELSE campaign_values_by_facts(prize.cap_if, 'cap', prize.cap)
    END AS ceilings,
    CASE WHEN prize.kind = 'pool' THEN prize.points END AS pool_points
FROM campaign_terms terms
JOIN campaign_prize prize ON prize.terms_id = terms.id;
