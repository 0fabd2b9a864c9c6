"""The game and the crowd, as a person or a script meets them."""
