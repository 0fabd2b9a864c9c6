"""Runs third-party protocol tests against both services, and a fuzzer against the sockets."""
