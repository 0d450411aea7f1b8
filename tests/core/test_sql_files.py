"""Statements are composed of files and of queries of the ORM; settings hold for a block."""

import pytest
from django.db import connection
from psycopg import sql

from core.models import User
from core.sql_files import compose_sql, embed_query, local_settings

pytestmark = pytest.mark.django_db


def setting(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [name])
        value: str = cursor.fetchone()[0]
        return value


@pytest.mark.parametrize("name", ["plain", "it's", "100 %", "%s", "%(name)s", "{name}", "\\", "年"])
def test_embed_query_puts_any_value_in(name: str) -> None:
    User.objects.create(username=name)
    query = embed_query(
        *User.objects.filter(username=name).values("username").query.sql_with_params()
    )
    statement = sql.SQL("SELECT username, %(more)s::int FROM ({query}) found").format(query=query)

    with connection.cursor() as cursor:
        cursor.execute(statement, {"more": 1})
        assert cursor.fetchall() == [(name, 1)]


def test_embed_query_without_values() -> None:
    query = embed_query(*User.objects.values("username").query.sql_with_params())

    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT count(*) FROM ({}) found").format(query), {})
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
