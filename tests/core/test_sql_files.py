"""Statements are composed of files and of queries of the ORM; settings hold for a block."""

from typing import Any

import pytest
from django.db import connection
from psycopg import sql

from core.models import User
from core.sql_files import compose_sql, local_settings, name_values

pytestmark = pytest.mark.django_db


def setting(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [name])
        value: str = cursor.fetchone()[0]
        return value


def test_name_values_lets_parts_share_a_statement_with_named_values() -> None:
    for name in ("a", "b", "100 %", "%s", "{c}"):
        User.objects.create(username=name)
    users = User.objects.order_by("id").values("username")
    parts: list[sql.Composable] = []
    values: dict[str, Any] = {"more": 1}
    for prefix, names in {"first": ("a", "100 %"), "second": ("%s", "{c}")}.items():
        query, named = name_values(
            *users.filter(username__in=names).query.sql_with_params(), prefix=prefix
        )
        parts.append(query)
        values |= named
    statement = sql.SQL("SELECT username, %(more)s::int FROM (({}) UNION ALL ({})) found")

    with connection.cursor() as cursor:
        cursor.execute(statement.format(*parts), values)
        assert cursor.fetchall() == [("a", 1), ("100 %", 1), ("%s", 1), ("{c}", 1)]


def test_name_values_of_a_query_without_values() -> None:
    query, values = name_values(*User.objects.values("username").query.sql_with_params(), "none")

    assert values == {}
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT count(*) FROM ({}) found").format(query), values)
        assert cursor.fetchone() == (0,)


def test_compose_sql_leaves_named_values() -> None:
    statement = compose_sql("campaign", "create_shards", new_shards=sql.SQL("SELECT 1"))

    assert "campaign_id = %(campaign)s" in statement.as_string()


def test_local_settings_are_put_back_as_they_were() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '7MB'")

    with local_settings(work_mem="128MB", enable_nestloop="off"):
        assert (setting("work_mem"), setting("enable_nestloop")) == ("128MB", "off")

    assert (setting("work_mem"), setting("enable_nestloop")) == ("7MB", "on")
