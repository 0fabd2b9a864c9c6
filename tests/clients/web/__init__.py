"""The web client against the real pair of services: in Node, and in a browser."""
