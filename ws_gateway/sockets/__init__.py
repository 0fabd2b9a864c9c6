"""Code that game sockets and viewers' sockets share."""
