-- bookingevent_triggers: what constraints cannot say about bookings_bookingevent

CREATE OR REPLACE TRIGGER bookingevent_append_only
BEFORE UPDATE OR DELETE ON bookings_bookingevent
FOR EACH ROW
EXECUTE FUNCTION core_refuse('this table is only added to');
ALTER TABLE bookings_bookingevent ENABLE ALWAYS TRIGGER bookingevent_append_only;

CREATE OR REPLACE TRIGGER bookingevent_never_truncated
BEFORE TRUNCATE ON bookings_bookingevent
FOR EACH STATEMENT
EXECUTE FUNCTION core_refuse('this table is never truncated');
ALTER TABLE bookings_bookingevent ENABLE ALWAYS TRIGGER bookingevent_never_truncated;
