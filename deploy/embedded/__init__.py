"""Runs the embedded servers on this machine: a real Valkey and a real PostgreSQL."""
