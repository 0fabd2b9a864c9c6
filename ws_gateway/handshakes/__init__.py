"""Plain HTTP requests and handshakes: which sockets the gateway accepts."""
