"""What the commands of the terminal say, in English and Japanese: a module for each command."""
