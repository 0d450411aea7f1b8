-- save_refusal: store why a file is refused, once for its name and content
-- Writes bookings_feedfile. Uses feedfile_one_refusal_per_content; the last reason replaces others.
INSERT INTO bookings_feedfile (name, feed, sha256, status, reason, detail, tried_at)
VALUES (%(name)s, %(feed)s, %(sha256)s, 'refused', %(reason)s, %(detail)s, %(tried_at)s)
ON CONFLICT (name, sha256) WHERE status = 'refused' DO UPDATE
SET reason = excluded.reason, detail = excluded.detail, tried_at = excluded.tried_at
