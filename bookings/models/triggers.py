"""Triggers that refuse; each under a name of its own, as a CHECK constraint would."""

import pgtrigger

REFUSAL = "RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';"


def refuse(name: str, message: str) -> str:
    """Return the PL/pgSQL statement that refuses; the message must not repeat a row's values."""
    return REFUSAL.format(name=name, message=message)


def never(
    name: str,
    operation: pgtrigger.Operation,
    *,
    message: str,
    condition: pgtrigger.Condition | None = None,
) -> pgtrigger.Trigger:
    """Return a trigger that refuses an operation on the rows that meet a condition."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=operation,
        condition=condition,
        func=refuse(name, message),
    )


def never_truncated(name: str) -> pgtrigger.Trigger:
    """Return a trigger that refuses to empty the table at one stroke."""
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func=refuse(name, "this table is never truncated"),
    )


def append_only(model: str) -> list[pgtrigger.Trigger]:
    """Return the triggers of a table that is only ever added to."""
    return [
        never(
            f"{model}_append_only",
            pgtrigger.Update | pgtrigger.Delete,
            message="this table is only added to",
        ),
        never_truncated(f"{model}_never_truncated"),
    ]
