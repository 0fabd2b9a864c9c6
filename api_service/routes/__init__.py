"""The REST routes, and the schema that is made from their table."""
