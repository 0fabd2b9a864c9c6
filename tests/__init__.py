"""The test suite: it mirrors the code, and starts the servers that it needs."""
