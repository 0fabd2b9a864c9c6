"""The embedded servers start, stop, and leave nothing running."""
