"""The embedded servers: a real Valkey and a real PostgreSQL, for one machine."""
