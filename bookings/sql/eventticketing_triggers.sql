-- eventticketing_triggers: what constraints cannot say about bookings_eventticketing

CREATE OR REPLACE FUNCTION bookings_eventticketing_of_an_event_without() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (
        SELECT FROM written
        LEFT JOIN bookings_bookingevent event ON event.event_id = written.event_id
        WHERE event.event_id IS NULL OR event.ticketing IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'a ticketing is beside an event that is stored without one'
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NULL;
END;
$$;

CREATE OR REPLACE TRIGGER eventticketing_of_an_event_without
AFTER INSERT ON bookings_eventticketing
REFERENCING NEW TABLE AS written
FOR EACH STATEMENT
EXECUTE FUNCTION bookings_eventticketing_of_an_event_without();
ALTER TABLE bookings_eventticketing ENABLE ALWAYS TRIGGER eventticketing_of_an_event_without;

CREATE OR REPLACE TRIGGER eventticketing_append_only
BEFORE UPDATE OR DELETE ON bookings_eventticketing
FOR EACH ROW
EXECUTE FUNCTION core_refuse('this table is only added to');
ALTER TABLE bookings_eventticketing ENABLE ALWAYS TRIGGER eventticketing_append_only;

CREATE OR REPLACE TRIGGER eventticketing_never_truncated
BEFORE TRUNCATE ON bookings_eventticketing
FOR EACH STATEMENT
EXECUTE FUNCTION core_refuse('this table is never truncated');
ALTER TABLE bookings_eventticketing ENABLE ALWAYS TRIGGER eventticketing_never_truncated;
