"""What API processes do besides answering."""
