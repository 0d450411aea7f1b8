"""Settings that production refuses, each with a sentence that names the remedy."""

MIN_SECRET_LENGTH, MIN_DISTINCT_CHARACTERS = 50, 5

EVERYTHING = frozenset({"secret_key", "database", "redis", "sign_in", "draw", "erasure"})
# What each service of docker-compose.yml needs, by SERVICE; a process without one needs everything.
# "image" only collects the static files while the image is built.
NEEDS: dict[str, frozenset[str]] = {
    "": EVERYTHING,
    "web": EVERYTHING,  # the staff pages freeze draws: they encrypt and sign
    "worker": frozenset({"database", "redis", "erasure"}),  # it loads feeds
    "beat": frozenset({"redis"}),
    "migrate": frozenset({"database"}),
    "commands": frozenset({"database", "redis", "draw", "erasure"}),
    "image": frozenset(),
}


def production_refusals(
    *,
    debug: bool,
    demo_mode: bool,
    moved_clock: bool,
    command_approval: bool,
    second_factor: bool,
    secret_key: str,
    database: bool,
    redis: bool,
    sign_in: bool,
    draw: bool,
    erasure: bool,
    service: str = "",
) -> list[str]:
    """Return a sentence per setting that production refuses; none where it may serve.

    A service may lack what it does not need. A SECRET_KEY that is weak is refused in any service.
    """
    if service not in NEEDS:
        names = ", ".join(name for name in NEEDS if name)
        return [f"Production knows no such SERVICE: set one of {names}, or unset it."]
    needs = NEEDS[service]
    weak_secret = (
        len(secret_key) < MIN_SECRET_LENGTH
        or len(set(secret_key)) < MIN_DISTINCT_CHARACTERS
        or secret_key.startswith("django-insecure-")
    )
    found = {
        "Production refuses DEBUG: unset it.": debug,
        "Production refuses the demo mode: unset DEMO_MODE.": demo_mode,
        "Production refuses a moved clock: unset CAMPAIGN_NOW.": moved_clock,
        "Production refuses approval by command, a person approves signed in: "
        "unset ALLOW_COMMAND_APPROVAL.": command_approval,
        "Production asks staff for a second factor: unset STAFF_SECOND_FACTOR.": not second_factor,
        "Production needs a SECRET_KEY of its own, random and of at least 50 characters.": (
            weak_secret and bool(secret_key or "secret_key" in needs)
        ),
        "Production runs no servers of its own: set DATABASE_URL and REDIS_URL.": (
            ("database" in needs and not database) or ("redis" in needs and not redis)
        ),
        "Production signs members in with the real WESTER ID: set WESTER_ISSUER (https), "
        "WESTER_CLIENT_ID and WESTER_CLIENT_SECRET.": "sign_in" in needs and not sign_in,
        "Production needs DRAW_KEY and DRAW_SIGNING_KEY, two different ones, "
        "each 64 lower-case hex digits.": "draw" in needs and not draw,
        "Production needs an ERASURE_KEY of its own, 64 lower-case hex digits.": (
            "erasure" in needs and not erasure
        ),
    }
    return [sentence for sentence, applies in found.items() if applies]
