"""PostgreSQL: tables, migrations, and what is read of rounds."""
