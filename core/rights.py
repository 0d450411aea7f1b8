"""What the database's roles may do: every right of the application on every table.

Three roles: the owner has the schema and runs ``migrate``, the application reads all and writes
what stands here, and a reader reads all but secrets. ``core/sql/roles.sql`` makes them; ``migrate``
grants these rights at its end, so that a new table needs a line here and nothing else (a test
fails without it).

A table that is only added to has INSERT. UPDATE names its columns where others of the row never
move; SELECT ... FOR UPDATE needs UPDATE of one column. TRUNCATE is nobody's but the owner's.
"""

OWNER, APP, READONLY = "dodonto_owner", "dodonto_app", "dodonto_readonly"

# By table, in the order of its app; every table may be read.
RIGHTS = {
    "auth_group": "",
    "auth_group_permissions": "",
    "auth_permission": "",
    "django_admin_log": "INSERT",
    "django_content_type": "",
    "django_migrations": "",
    "django_session": "INSERT, UPDATE, DELETE",
    "account_emailaddress": "",
    "account_emailconfirmation": "",
    "mfa_authenticator": "INSERT, UPDATE, DELETE",
    "socialaccount_socialaccount": "INSERT, UPDATE",
    "socialaccount_socialapp": "",
    "socialaccount_socialtoken": "",
    "core_approval": (
        "INSERT, UPDATE (state, decided_by_id, decided_at, decided_os_user, decided_host, "
        "refused_because)"
    ),
    "core_auditrecord": "INSERT",
    "core_auditremoval": "",
    "core_auditseal": "INSERT",
    "core_democlock": "INSERT, UPDATE",
    "core_heartbeat": "INSERT, UPDATE, DELETE",
    "core_signintries": "INSERT, UPDATE, DELETE",
    "core_staffsession": "INSERT, UPDATE (seen_at, factor_at, ended_at, ended_by_id), DELETE",
    "core_user": "INSERT, UPDATE",
    "core_user_groups": "INSERT, DELETE",
    "core_user_user_permissions": "",
    "bookings_booking": "INSERT, UPDATE",
    "bookings_bookingevent": "INSERT",
    "bookings_erasedidentifier": "UPDATE (returned_at)",
    "bookings_eventticketing": "INSERT",
    "bookings_exregistration": "INSERT, UPDATE",
    "bookings_feedexpectation": "UPDATE (by_hour, days_without)",
    "bookings_feedfile": "INSERT, UPDATE",
    "bookings_inboxfile": "INSERT, UPDATE",
    "bookings_membermark": "INSERT, DELETE",
    "bookings_quarantinedrow": "INSERT, UPDATE (reason, status, settled_at, settled_by, note)",
    "bookings_registrationrow": "INSERT, UPDATE (row_text)",
    "bookings_service": "INSERT, DELETE",
    "bookings_stop": "INSERT, DELETE",
    "campaign_aggregationrun": "INSERT, UPDATE (finished_at)",
    "campaign_aggregationshard": "INSERT, UPDATE (members, done)",
    "campaign_campaign": "INSERT, UPDATE (entries_frozen_at)",
    "campaign_duemember": "INSERT, DELETE",
    "campaign_prize": "INSERT, DELETE",
    "campaign_reasoncount": "INSERT",
    "campaign_terms": "INSERT, UPDATE",
    "campaign_total": "INSERT, UPDATE, DELETE",
    "campaign_unfinisheddraft": "INSERT, UPDATE (content), DELETE",
    "entries_casenote": "INSERT",
    "entries_coursemember": "INSERT, DELETE",
    "entries_entry": "INSERT, UPDATE (entered_at, channel)",
    "entries_entryrow": "INSERT",
    "entries_lookupcount": "INSERT, UPDATE",
    "entries_member": "INSERT",
    "entries_membercase": "INSERT",
    "entries_membership": "INSERT, UPDATE (status, changed_at)",
    "entries_membershiprow": "INSERT",
    "lottery_award": "INSERT",
    "lottery_draw": (
        "INSERT, UPDATE (state, published_at, published_by_id, drawn_at, round_json, result,"
        " winners_csv, ranks, winners, total_points, leftover_points, confirmed_at,"
        " confirmed_by_id, voided_at, voided_by_id, void_reason, proposed_reason, forgotten_at,"
        " forgotten_by_id, pid_key, nonce_key)"
    ),
    "lottery_entrant": "INSERT",
    "lottery_storedforecast": "INSERT",
    "points_account": "INSERT, UPDATE (least_points)",
    "points_creditanswer": "INSERT",
    "points_creditfile": "INSERT",
    "points_erasure": "INSERT, UPDATE (reason)",
    "points_payout": "INSERT, UPDATE (ended_at, closed_at)",
    "points_payoutpart": "INSERT, UPDATE (done_at)",
    "points_purge": "INSERT",
    "points_resolution": "INSERT, UPDATE (verdict, reason, approval_id)",
    "points_resultsfile": "INSERT",
    "points_reversal": "INSERT, UPDATE (reason, approval_id)",
    "points_transfer": "INSERT",
}
# Functions that run with their owner's rights and that the application may call. It may call every
# other one but those of triggers, which would take the owner's rights to any table.
CALLED_AS_OWNER: tuple[str, ...] = (
    "points_count_campaign",
    "points_count_member",
    "points_erase_member",
    "points_purge_campaign",
)
# A reader sees no session to continue, no password hash and no second factor.
SECRET_COLUMNS = {
    "core_user": ("password",),
    "django_session": ("session_key", "session_data"),
    "mfa_authenticator": ("data",),
    "socialaccount_socialapp": ("client_id", "secret", "key", "settings"),
    "socialaccount_socialtoken": ("token", "token_secret"),
}
