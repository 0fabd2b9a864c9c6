"""The errors of PostgreSQL; `database` translates the driver's errors into them:

DatabaseUnavailable     the server is away or busy
└── SchemaMissing       it answers, but lacks a table or a column
DatabaseUnfit           the server must not be used as it is
"""


class DatabaseUnavailable(Exception):
    """PostgreSQL cannot serve just now; uncommitted changes are lost."""


class SchemaMissing(DatabaseUnavailable):
    """A table or a column does not exist."""


class DatabaseUnfit(Exception):
    """PostgreSQL must not be used as it is; the message is one clear line."""
