"""Runs compose.yaml on an engine of its own, and does there what README and docs/operations say."""
