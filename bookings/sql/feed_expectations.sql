-- feed_expectations: when each nightly feed is expected at first: every day by 2:00, before the
-- nightly run of 3:00
-- Writes bookings_feedexpectation; ops change the rows on the page of Today.
INSERT INTO bookings_feedexpectation (feed, by_hour, days_without) VALUES
('bookings', 2, '{}'),
('entries', 2, '{}'),
('ex_registrations', 2, '{}'),
('memberships', 2, '{}');
