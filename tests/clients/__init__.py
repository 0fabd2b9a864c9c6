"""Tests of the clients for games and pages, against both services."""
