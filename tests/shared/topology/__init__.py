"""Tests of the way to Redis in its three kinds."""
