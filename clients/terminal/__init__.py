"""A game and a crowd in the terminal."""
