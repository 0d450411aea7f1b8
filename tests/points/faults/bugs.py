"""Mistakes that the tests must find: in the code, with what of the database would stop them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from django.db import connection, transaction

from bookings.locks import Lock, take
from points import payout as paying
from points import tasks
from points.models import Payout, PayoutPart

CLAIM = paying.Payout.parts  # the name that the module knows them by
ONCE_ONLY = """
ALTER TABLE points_transfer DROP CONSTRAINT transfer_key_once,
    DROP CONSTRAINT transfer_repeats_say_the_same;
DROP INDEX transfer_one_of_a_kind_per_award"""
# In the trigger that judges every statement of transfers.
REWRITE = """
DO $rewrite$
DECLARE body text;
BEGIN
    SELECT pg_get_functiondef(tgfoid) INTO body FROM pg_trigger
    WHERE tgrelid = 'points_transfer'::regclass AND tgname LIKE '%transfer_posted%';
    IF position($old$ {old} $old$ IN body) = 0 THEN
        RAISE EXCEPTION 'the trigger does not say this any more';
    END IF;
    EXECUTE replace(body, $old$ {old} $old$, $new$ {new} $new$);
END $rewrite$"""
