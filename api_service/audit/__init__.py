"""The books of a room counted again, from PostgreSQL alone."""
