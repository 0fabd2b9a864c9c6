"""A streamer's private shelf: setups, the pictures and sounds that they name, and past rooms."""
