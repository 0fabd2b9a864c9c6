"""Tests of the gateway over real sockets and a real Valkey."""
