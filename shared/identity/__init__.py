"""Who somebody is: signed tokens, client addresses, display names."""
