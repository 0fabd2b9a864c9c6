"""The web client against the real services: in Node, and in a browser."""
