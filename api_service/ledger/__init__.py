"""From the ledger in Redis into PostgreSQL's books, exactly once.

ledger    a Redis stream for each shard: everything that happened to its rooms
books     the PostgreSQL tables that follow from it
booking   copying from one to the other; the journal holds the copied entries themselves
"""
