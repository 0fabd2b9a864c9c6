"""Whether the books of a room add up, from PostgreSQL alone."""
