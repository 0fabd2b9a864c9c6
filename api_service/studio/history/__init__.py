"""The history of a studio: its rooms, their rounds, and tables of them as CSV."""
