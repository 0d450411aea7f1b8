"""What holds for the frozen list and the awards; every refusal carries a name of its own.

Each looks at all rows of a statement at once and stands in for their foreign keys, which would
be checked row by row. Both tables are full by their shape: places are numbered and counted.
"""

import pgtrigger

from bookings.models.triggers import append_only, refuse

WRITTEN = pgtrigger.Referencing(new="written")  # type: ignore[no-untyped-call] # the library's gap


def of_all_written(name: str, *, wrong: str, message: str) -> pgtrigger.Trigger:
    """Return the trigger that refuses a statement some of whose rows are wrong."""
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=WRITTEN,
        func=f"IF {wrong} THEN {refuse(name, message)} END IF; RETURN NULL;",
    )


# Reads lottery_draw and campaign_terms by their keys, once for each draw and not for each row. No
# place is taken twice and none is beyond the count, so that a list that is complete takes nobody
# any more.
ENTRANT_TRIGGERS = [
    *append_only("entrant"),
    of_all_written(
        "entrant_of_its_list",
        wrong="""EXISTS (
            WITH list AS MATERIALIZED (
                SELECT draw.id, draw.entry_count, terms.minimum_total_yen, terms.reward_cap_points
                FROM lottery_draw draw JOIN campaign_terms terms ON terms.id = draw.terms_id
                WHERE draw.state = 'frozen'
            )
            SELECT FROM written
            LEFT JOIN list ON list.id = written.draw_id
            WHERE (
                written.position < list.entry_count
                AND written.total_yen >= list.minimum_total_yen
                AND written.reward_points = LEAST(written.total_yen, list.reward_cap_points)
            ) IS NOT TRUE
        )""",
        message="an entrant has a place on the list, and the reward that the terms say",
    ),
]
# Reads lottery_draw and lottery_entrant by their keys.
AWARD_TRIGGERS = [
    *append_only("award"),
    of_all_written(
        "award_of_the_result",
        wrong="""EXISTS (
            SELECT FROM written
            LEFT JOIN lottery_draw draw ON draw.id = written.draw_id
            LEFT JOIN lottery_entrant entrant
                ON entrant.id = written.entrant_id AND entrant.draw_id = written.draw_id
            WHERE (
                draw.state = 'drawn' AND CASE
                    WHEN written.rank <= draw.winners THEN written.points = entrant.reward_points
                    ELSE written.rank = draw.winners + 1 AND written.points < entrant.reward_points
                END
            ) IS NOT TRUE
        ) OR EXISTS (
            SELECT FROM lottery_award award
            JOIN lottery_draw draw ON draw.id = award.draw_id
            WHERE draw.id IN (SELECT draw_id FROM written)
            GROUP BY draw.id HAVING SUM(award.points) > draw.total_points
        )""",
        message="awards are those of the result, and no more",
    ),
]
