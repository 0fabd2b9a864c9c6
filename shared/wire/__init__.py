"""Messages and request and response bodies, as structs."""
