"""The ledger: from each shard's stream in Redis into PostgreSQL's books, exactly once."""
