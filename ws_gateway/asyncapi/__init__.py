"""The published schema of the sockets (AsyncAPI 3.0), made from the structs that travel."""
