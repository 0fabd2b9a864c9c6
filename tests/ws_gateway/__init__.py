"""The gateway, proven over real sockets and a real Valkey."""
