-- create_shards: consume all marks of changed members and create a run's shards
-- Its part is the query of the shards: full_shards or due_shards. Other campaigns' members wait in
-- campaign_duemember for the next run of each; a campaign that never had a run needs none, for its
-- first run computes all members. A mark of an EX member number without a registration names no
-- member yet: the registration will leave a mark of its own.
-- Reads bookings_exregistration by its key and campaign_aggregationrun; writes bookings_membermark,
-- campaign_duemember and campaign_aggregationshard.
WITH marks AS (
    DELETE FROM bookings_membermark RETURNING wester_id, ex_member_no
),

changed AS (
    SELECT wester_id FROM marks WHERE wester_id IS NOT NULL
    UNION
    SELECT registration.wester_id
    FROM marks JOIN bookings_exregistration registration USING (ex_member_no)
),

waiting AS (
    INSERT INTO campaign_duemember (campaign_id, wester_id)
    SELECT campaign.id, changed.wester_id
    FROM changed, (
        SELECT DISTINCT campaign_id AS id FROM campaign_aggregationrun
        WHERE campaign_id <> %(campaign)s
    ) campaign
    ON CONFLICT (campaign_id, wester_id) DO NOTHING
),

waited AS (
    DELETE FROM campaign_duemember WHERE campaign_id = %(campaign)s RETURNING wester_id
)

INSERT INTO campaign_aggregationshard (run_id, number, members)
{new_shards}
