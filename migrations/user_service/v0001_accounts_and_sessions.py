"""Accounts, the uniqueness of their addresses, and sessions."""

from migrations.tables import Attribute, Engine, Index, TableSpec

TABLES = (
    TableSpec("users", Attribute("ID"), Attribute("email"), (Index("email", Attribute("email")),)),
    TableSpec("user_emails", Attribute("email")),
    TableSpec("sessions", Attribute("userid"), Attribute("sessionid"), ttl_attribute="expires_at"),
)


def apply(engine: Engine) -> None:
    for table in TABLES:
        engine.ensure_table(table)
