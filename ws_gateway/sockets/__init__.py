"""What both kinds of sockets share."""
