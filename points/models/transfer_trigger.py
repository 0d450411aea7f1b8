"""What happens with every statement that adds transfers: one trigger over all its rows.

A trigger for each row would be quadratic, for it would find the rows before it again and again;
a check that sums transfers without holding their accounts would miss those of other sessions.

First the accounts are held, in the order of their numbers, and only then is anything judged, what
is wrong by its meaning before what only leaves too little. Sessions that write to the same accounts
wait for each other here, and never in a circle as long as each writes by one statement of its
transaction. Every transfer of an award goes to or from its campaign's ``reserved`` account or the
member's, so that what is read afterwards of other transfers is complete: an expiry and a reversal
of one credit, say, meet at the member's account.

The statements are executed as text, so that they are planned for the rows at hand: a plan that was
kept from a statement of a few rows is no good for one of a million, nor the other way round.
"""

import pgtrigger

from bookings.models.triggers import refuse
from points import keys

ADDED = pgtrigger.Referencing(new="added")  # type: ignore[no-untyped-call] # the library's gap

# Uses the key of points_account.
HOLD = """
SELECT count(*) = (
    SELECT count(*) FROM (SELECT debit_id FROM added UNION SELECT credit_id FROM added) named
)
FROM (
    SELECT FROM points_account
    WHERE id IN (SELECT debit_id FROM added UNION SELECT credit_id FROM added)
    ORDER BY id FOR NO KEY UPDATE
) held"""
MOVE = """
UPDATE points_account account SET balance_points = account.balance_points + moved.points
FROM (
    SELECT id, sum(points) AS points
    FROM (
        SELECT debit_id AS id, -points AS points FROM added
        UNION ALL
        SELECT credit_id, points FROM added
    ) both_sides
    GROUP BY id
) moved
WHERE account.id = moved.id"""
# The rows that no reversal cancels, of every award that the rows touch: nothing goes to the member
# or back that was not reserved, and nothing expires that was not credited. Award by award, in a
# form that the planner takes as it stands: by the indexes transfer_one_of_a_kind_per_award and
# transfer_reversed_once, however few rows it believes the table to have.
SPEND = """
SELECT EXISTS (
    SELECT FROM (
        SELECT award_id FROM added WHERE award_id IS NOT NULL
        UNION
        SELECT reversed.award_id FROM added
        JOIN points_transfer reversed ON reversed.id = added.reverses_id
    ) touched, LATERAL (
        SELECT sum(CASE kind WHEN 'reserve' THEN points WHEN 'expire' THEN 0 ELSE -points END)
                AS reserved,
            sum(CASE kind WHEN 'credit' THEN points WHEN 'expire' THEN -points ELSE 0 END)
                AS credited
        FROM points_transfer t
        WHERE t.award_id = touched.award_id
            AND (SELECT id FROM points_transfer WHERE reverses_id = t.id) IS NULL
    ) standing
    WHERE standing.reserved < 0 OR standing.credited < 0
)"""
# Each with the name that it is refused under and what is said then. Accounts of two campaigns, or
# of two members, never do; a member's has no campaign, and a campaign's no member.
RULES = (
    (
        "transfer_between_its_accounts",
        "a transfer of a kind goes from one kind of account to another, in one campaign",
        """(t.kind, debit.kind, credit.kind) IN (
            ('grant', 'issuer', 'budget'), ('reserve', 'budget', 'reserved'),
            ('credit', 'reserved', 'member'), ('release', 'reserved', 'budget'),
            ('forfeit', 'reserved', 'forfeited'), ('expire', 'member', 'expired')
        ) AND COALESCE(debit.campaign_id = credit.campaign_id, TRUE)""",
    ),
    (
        "transfer_of_its_own_award",
        "an award is of the campaign and the member whose accounts its transfers touch",
        """t.kind = 'grant' OR (
            COALESCE(debit.campaign_id, credit.campaign_id) = draw.campaign_id
            AND COALESCE(debit.wester_id, credit.wester_id, entrant.wester_id) = entrant.wester_id
        )""",
    ),
    (
        "transfer_within_the_award",
        "all of an award is reserved, and no transfer is of more",
        """t.kind = 'grant' OR t.points = award.points
        OR (t.points < award.points AND t.kind <> 'reserve')""",
    ),
    (
        "transfer_within_the_cap",
        "a credit is at most what the terms allow a member",
        "t.kind <> 'credit' OR t.points <= terms.reward_cap_points",
    ),
    (
        "transfer_expires_by_the_terms",
        "a credit expires when the terms say",
        "t.kind <> 'credit' OR t.expires_on = terms.expires_on",
    ),
    (
        "transfer_reserve_of_a_confirmed_draw",
        "an award is reserved when its draw is confirmed",
        "t.kind <> 'reserve' OR draw.state = 'confirmed'",
    ),
    (
        "transfer_of_an_approved_payout",
        "an award comes to an end by the approved payout of its draw",
        "t.kind IN ('grant', 'reserve') OR payout.id IS NOT NULL",
    ),
    (
        "transfer_not_before_its_time",
        "a credit waits for the instant of the terms, an expiry for the end of the last day",
        """t.at >= CASE t.kind
            WHEN 'credit' THEN terms.credit_at
            WHEN 'expire' THEN (terms.expires_on + 1)::timestamp AT TIME ZONE 'Asia/Tokyo'
            ELSE t.at
        END""",
    ),
)
JUDGE = """
SELECT {verdicts}
FROM added t
JOIN points_account debit ON debit.id = t.debit_id
JOIN points_account credit ON credit.id = t.credit_id
LEFT JOIN lottery_award award ON award.id = t.award_id
LEFT JOIN lottery_entrant entrant ON entrant.id = award.entrant_id
LEFT JOIN lottery_draw draw ON draw.id = award.draw_id
LEFT JOIN campaign_terms terms ON terms.id = draw.terms_id
LEFT JOIN points_payout payout ON payout.draw_id = draw.id
WHERE t.kind <> 'reverse'"""
# What was reversed is of a campaign's account first: of the issuer, the budget or what is reserved.
# Uses creditanswer_of_a_key.
REVERSAL_RULES = (
    (
        "transfer_reversal_mirrors",
        "a reversal mirrors one transfer",
        """original.kind <> 'reverse' AND t.debit_id = original.credit_id
        AND t.credit_id = original.debit_id AND t.points = original.points""",
    ),
    (
        "transfer_reversal_as_decided",
        "people approved this reversal, or the points system rejected the credit",
        f"""CASE original.kind
            WHEN 'grant' THEN approval.action = 'draw.confirm'
                AND starts_with(approval.subject, campaign.code || '/')
            WHEN 'reserve' THEN approval.action = 'draw.void'
                AND approval.subject = campaign.code || '/' || draw.sequence
            WHEN 'credit' THEN
                (approval.action = 'points.reverse' AND approval.subject = original.id::text)
                OR EXISTS (
                    SELECT FROM points_resolution resolution
                    WHERE resolution.approval_id = approval.id
                        AND resolution.credit_key = original.key
                        AND resolution.verdict = 'rejected'
                )
                OR (t.approval_id IS NULL AND EXISTS (
                    SELECT FROM points_payout payout
                    JOIN points_creditanswer answer ON answer.payout_id = payout.id
                    WHERE payout.draw_id = award.draw_id
                        AND answer.credit_key = original.key AND answer.status = 'rejected'
                ))
            WHEN 'forfeit' THEN EXISTS (
                SELECT FROM points_resolution resolution
                WHERE resolution.approval_id = approval.id
                    AND resolution.credit_key = {keys.award_key_sql(keys.CREDIT)}
                    AND resolution.verdict = 'credited'
            )
        END""",
    ),
)
# Of ``t``, beside what it reverses.
REVERSED = """
LEFT JOIN points_transfer original ON original.id = t.reverses_id
LEFT JOIN points_account debit ON debit.id = original.debit_id
LEFT JOIN campaign_campaign campaign ON campaign.id = debit.campaign_id
LEFT JOIN lottery_award award ON award.id = original.award_id
LEFT JOIN lottery_entrant entrant ON entrant.id = award.entrant_id
LEFT JOIN lottery_draw draw ON draw.id = award.draw_id
LEFT JOIN campaign_approval approval
    ON approval.id = t.approval_id AND approval.state = 'approved'"""
JUDGE_REVERSALS = f"""
SELECT {{verdicts}} FROM added t {REVERSED}
WHERE t.kind = 'reverse'"""
Rule = tuple[str, str, str]


def refuse_if(condition: str, name: str, message: str) -> str:
    """Return the PL/pgSQL statement that refuses where a condition holds."""
    return f"IF {condition} THEN {refuse(name, message)} END IF;\n"


def ask(question: str, answer: str) -> str:
    """Return the PL/pgSQL statement that plans and asks a question now."""
    return f"EXECUTE $question$ {question} $question$ INTO {answer};\n"


def judge(question: str, rules: tuple[Rule, ...], answer: str) -> str:
    """Return the PL/pgSQL statements that ask all rules at once, and refuse by the first broken."""
    verdicts = ", ".join(f"bool_or(({condition}) IS NOT TRUE)" for _, _, condition in rules)
    answers = [f"{answer}_{number}" for number, _ in enumerate(rules)]
    refusals = (
        refuse_if(broken, name, message)
        for broken, (name, message, _) in zip(answers, rules, strict=True)
    )
    return ask(question.format(verdicts=verdicts), ", ".join(answers)) + "".join(refusals)


TRANSFER_POSTED = pgtrigger.Trigger(
    name="transfer_posted",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    referencing=ADDED,
    declare=[
        ("fits", "boolean"),
        *((f"broken_{number}", "boolean") for number, _ in enumerate(RULES)),
        *((f"undone_{number}", "boolean") for number, _ in enumerate(REVERSAL_RULES)),
    ],
    func="".join(
        [
            ask(HOLD, "fits"),
            refuse_if("NOT fits", "transfer_between_known_accounts", "there is no such account"),
            judge(JUDGE, RULES, "broken"),
            # Most statements reverse nothing: there the question need not even be planned.
            "IF EXISTS (SELECT FROM added WHERE kind = 'reverse') THEN\n",
            judge(JUDGE_REVERSALS, REVERSAL_RULES, "undone"),
            "END IF;\n",
            ask(SPEND, "fits"),
            refuse_if(
                "fits", "transfer_award_not_overspent", "no more moves than the award reserved"
            ),
            f"EXECUTE $statement$ {MOVE} $statement$;\n",
            "RETURN NULL;",
        ]
    ),
)
