"""Viewers' sockets."""
