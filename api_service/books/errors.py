"""The errors of PostgreSQL; `shares` translates the driver's errors into them:

DatabaseUnavailable     the server is away
├── DatabaseBusy        it answers, but others use what this needs, or this takes it too long
└── SchemaMissing       it answers, but lacks a table or a column
DatabaseUnfit           the server must not be used as it is
"""


class DatabaseUnavailable(Exception):
    """PostgreSQL cannot serve just now; uncommitted changes are lost."""


class DatabaseBusy(DatabaseUnavailable):
    """PostgreSQL serves others, or was given too much to do; nothing changed."""


class SchemaMissing(DatabaseUnavailable):
    """A table or a column does not exist."""


class DatabaseUnfit(Exception):
    """PostgreSQL must not be used as it is; the message is one clear line."""
