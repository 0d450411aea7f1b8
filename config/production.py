"""Settings that production refuses, each with a sentence that names the remedy."""

MIN_SECRET_LENGTH, MIN_DISTINCT_CHARACTERS = 50, 5


def production_refusals(
    *,
    debug: bool,
    demo_mode: bool,
    moved_clock: bool,
    command_approval: bool,
    secret_key: str,
    servers: bool,
    sign_in: bool,
    draw: bool,
    erasure: bool,
) -> list[str]:
    """Return a sentence per setting that production refuses; none where it may serve."""
    weak_secret = (
        len(secret_key) < MIN_SECRET_LENGTH or len(set(secret_key)) < MIN_DISTINCT_CHARACTERS
    )
    found = {
        "Production refuses DEBUG: unset it.": debug,
        "Production refuses the demo mode: unset DEMO_MODE.": demo_mode,
        "Production refuses a moved clock: unset CAMPAIGN_NOW.": moved_clock,
        "Production refuses approval by command, a person approves signed in: "
        "unset ALLOW_COMMAND_APPROVAL.": command_approval,
        "Production needs a SECRET_KEY of its own, random and of at least 50 characters.": (
            weak_secret or secret_key.startswith("django-insecure-")
        ),
        "Production runs no servers of its own: set DATABASE_URL and REDIS_URL.": not servers,
        "Production signs members in with the real WESTER ID: set WESTER_ISSUER (https), "
        "WESTER_CLIENT_ID and WESTER_CLIENT_SECRET.": not sign_in,
        "Production needs DRAW_KEY and DRAW_SIGNING_KEY, two different ones, "
        "each 64 lower-case hex digits.": not draw,
        "Production needs an ERASURE_KEY of its own, 64 lower-case hex digits.": not erasure,
    }
    return [sentence for sentence, applies in found.items() if applies]
