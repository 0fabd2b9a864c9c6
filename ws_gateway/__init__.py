"""The gateway: it owns the games' sockets and delivers every trigger, in order."""
