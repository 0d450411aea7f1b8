"""The written list of what an erasure does with every column that can hold a person's data.

points/sql/erase_member.sql does it; a test compares this list with the database, so that a new
table or column has to be placed. docs/retention.md says the same for people.
"""

# All rows that are the member's are deleted. An event or a booking with other people's events stays
# without the member: the WESTER ID is emptied, a mark stands in place of the EX member number.
DELETED = frozenset(
    {
        "account_emailaddress",
        "account_emailconfirmation",
        "bookings_booking",
        "bookings_bookingevent",
        "bookings_eventticketing",
        "bookings_exregistration",
        "bookings_membermark",
        "bookings_quarantinedrow",
        "bookings_registrationrow",
        "campaign_duemember",
        "campaign_total",
        "core_user",
        "django_session",
        "entries_casenote",
        "entries_coursemember",
        "entries_entry",
        "entries_entryrow",
        "entries_member",
        "entries_membercase",
        "entries_membership",
        "entries_membershiprow",
        "socialaccount_socialaccount",
        "socialaccount_socialtoken",
    }
)

MARK = "replaced by a mark: the number of the case, and the beginning of the keyed hash"
EMPTIED = "emptied"
HASH = "the keyed hash of an erased identifier"
CODE = "stays: a code of ours, the same for many"
DIGEST = "stays: a checksum, of which the member is one line among others"
OF_STAFF = "stays: names a member of staff, or a machine"
STAFF = "stays: what staff wrote; they are told to name no member"

# Rows that stay, because the draw and the books rest on them.
COLUMNS = {
    "bookings_erasedidentifier": {"hash": HASH},
    "campaign_aggregationshard": {"members": "the member is taken out of the list"},
    "core_approval": {
        "action": CODE,
        "subject": "stays: names a campaign, a transfer or a case, never a member",
        "content": "stays: of an erasure the case and the keyed hash; of a payout a checksum",
        "content_sha256": DIGEST,
        "state": CODE,
        "requested_by_name": OF_STAFF,
        "requested_os_user": OF_STAFF,
        "requested_host": OF_STAFF,
        "decided_by_name": OF_STAFF,
        "decided_os_user": OF_STAFF,
        "decided_host": OF_STAFF,
        "refused_because": STAFF,
    },
    "lottery_draw": {
        "state": CODE,
        "chain": CODE,
        "void_reason": STAFF,
        "proposed_reason": STAFF,
        "pid_key": "stays, encrypted, until draw forget erases it",
        "nonce_key": "stays, encrypted, until draw forget erases it",
        "terms_json": "stays: published, without members",
        "manifest": "stays: published, without members",
        "manifest_sha256": DIGEST,
        "signature": "stays: published, without members",
        "verifier": "stays: published, without members",
        "subtrees": DIGEST,
        "round_json": "stays: published, without members",
        "result": "stays: published, without members",
        "winners_csv": "stays: published, under pseudonyms that nobody can compute any more",
        "ranks": "stays: places in the order, without members",
    },
    "lottery_entrant": {
        "wester_id": MARK,
        "pid": "stays: the pseudonym that was published",
        "nonces": "zeros: with them anybody could try which WESTER ID the commitment is of",
        "commitment": "stays: published",
    },
    "points_account": {"kind": CODE, "wester_id": MARK},
    "points_creditanswer": {"credit_key": DIGEST, "status": CODE, "detail": EMPTIED},
    "points_creditfile": {"sha256": DIGEST},
    "points_erasure": {
        "wester_id": MARK,
        "hash": HASH,
        "reason": "stays: refused where it contains the WESTER ID",
        "tables": "stays: names of tables, and numbers",
    },
    "points_payout": {"list_sha256": DIGEST},
    "points_resolution": {"credit_key": DIGEST, "verdict": CODE, "reason": STAFF},
    "points_reversal": {"reason": STAFF},
    "points_transfer": {
        "key": DIGEST,
        "payload": DIGEST,
        "kind": CODE,
        "reason": CODE,
        "detail": "stays: why the points system rejected a credit; a transfer never changes",
        "made_by": CODE,
    },
}

# No row of these is a member's. Records of the audit and of Django name members by the numbers of
# rows that the erasure deletes, or by the keyed hash, which stays with the erasure as well.
OF_NO_MEMBER = frozenset(
    {
        "auth_group",
        "auth_permission",
        "bookings_feedexpectation",
        "bookings_feedfile",
        "bookings_inboxfile",
        "bookings_service",
        "bookings_stop",
        "campaign_aggregationrun",
        "campaign_campaign",
        "campaign_prize",
        "campaign_reasoncount",
        "campaign_terms",
        "campaign_unfinisheddraft",
        "core_auditrecord",
        "core_auditseal",
        "core_heartbeat",
        "core_signintries",
        "core_staffsession",
        "django_admin_log",
        "django_content_type",
        "django_migrations",
        "mfa_authenticator",
        "points_purge",
        "socialaccount_socialapp",
    }
)
