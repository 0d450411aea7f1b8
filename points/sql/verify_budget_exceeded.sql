-- verify_budget_exceeded: find draws whose awards exceed the budget of their terms
SELECT draw.id FROM lottery_draw draw
JOIN campaign_terms terms ON terms.id = draw.terms_id
WHERE terms.budget_points < (
    SELECT sum(award.points) FROM lottery_award award WHERE award.draw_id = draw.id
)
