"""Makes this machine reachable from the internet: the one public port, and what leads there."""
