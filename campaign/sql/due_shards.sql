-- due_shards: divide the members who are due among shards of equal size, to one member
-- A part of create_shards: changed and waited are there.
SELECT
    %(run)s AS run_id,
    position * shards / members AS number,
    array_agg(wester_id ORDER BY wester_id) AS members
FROM (
    SELECT
        wester_id,
        row_number() OVER (ORDER BY wester_id) - 1 AS position,
        count(*) OVER () AS members,
        (count(*) OVER () - 1) / %(size)s + 1 AS shards
    FROM (SELECT wester_id FROM changed UNION SELECT wester_id FROM waited) due
) numbered
GROUP BY 2
