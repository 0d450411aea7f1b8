-- registrationrow_triggers: what constraints cannot say about bookings_registrationrow

CREATE OR REPLACE TRIGGER registrationrow_never_deleted
BEFORE DELETE ON bookings_registrationrow
FOR EACH ROW
EXECUTE FUNCTION core_refuse('rows are never deleted');
ALTER TABLE bookings_registrationrow ENABLE ALWAYS TRIGGER registrationrow_never_deleted;

CREATE OR REPLACE TRIGGER registrationrow_never_truncated
BEFORE TRUNCATE ON bookings_registrationrow
FOR EACH STATEMENT
EXECUTE FUNCTION core_refuse('this table is never truncated');
ALTER TABLE bookings_registrationrow ENABLE ALWAYS TRIGGER registrationrow_never_truncated;
