"""Injects every fault that the services must survive, under load, and checks the counts."""
