"""What can go wrong on the way to PostgreSQL; foreign errors are translated in `database`:

DatabaseUnavailable     the server is away or busy
└── SchemaMissing       it answers, and lacks a table or a column of ours
DatabaseUnfit           the server must not be used as it is
"""


class DatabaseUnavailable(Exception):
    """PostgreSQL cannot serve just now; nothing was changed that is not committed."""


class SchemaMissing(DatabaseUnavailable):
    """A table or a column is not there."""


class DatabaseUnfit(Exception):
    """PostgreSQL must not be used as it is; the message is one clear line."""
