"""The small server: Caddy in front, one process behind it, backups."""
