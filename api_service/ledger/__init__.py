"""Copies the ledger from Redis into PostgreSQL's books, exactly once.

ledger    a Redis stream per shard, with everything that happened to its rooms
books     the PostgreSQL tables computed from it
booking   copying from one to the other
"""
