"""How the pair is run: the command line and the embedded servers."""
