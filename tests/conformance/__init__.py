"""What others wrote to try servers, let loose on both wires; and a fuzz of the sockets."""
