"""The room engine: what happens to a room, as functions in Redis and typed methods for them."""
