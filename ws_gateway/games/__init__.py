"""Game sockets: who owns a room, what it is sent and what it says."""
