-- fix_courses: remember that the members of a frozen list are of its course
-- Its part is the query of the members, in a column wester_id. Writes entries_coursemember.
INSERT INTO entries_coursemember (campaign_id, wester_id, series_code, course)
SELECT %(campaign)s, wester_id, %(series)s, %(course)s FROM ({members}) AS members
ORDER BY wester_id
