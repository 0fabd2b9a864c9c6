"""Tests of the terminal commands, as people and scripts use them."""
