"""The texts of the terminal commands, in English and Japanese: one module per command."""
