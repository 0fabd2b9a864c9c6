"""Runs the two services: the command line and the embedded servers."""
