"""The test suite. Its folders mirror the code; it starts the servers that it needs."""
