"""The clients that games and pages are built on, against both services."""
