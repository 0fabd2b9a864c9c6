"""Tests of the real HAProxy with the deployed configuration, in front of real services."""
