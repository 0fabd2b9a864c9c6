"""PostgreSQL: connections, tables, migrations, and the totals of rounds."""
