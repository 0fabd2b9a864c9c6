"""The counting rule as pure functions: what the Redis library computes, and the audit again."""
