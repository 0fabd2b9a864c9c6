"""Tests of both services together, as separate processes with real servers."""
