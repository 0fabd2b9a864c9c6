"""Identity: signed tokens, client addresses, display names."""
