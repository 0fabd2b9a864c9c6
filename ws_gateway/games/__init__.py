"""Game sockets: which socket owns a room, the messages it is sent, the commands it sends."""
