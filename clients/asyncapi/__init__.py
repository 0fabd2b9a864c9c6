"""The published schema of the sockets (AsyncAPI 3.0), generated from the message structs."""
