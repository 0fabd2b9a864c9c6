"""The REST service: viewers, rooms, presses, results."""
