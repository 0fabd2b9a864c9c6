"""Clients for games and pages, and the terminal commands that simulate them."""
