"""The REST routes, and the schema generated from their table."""
