"""What travels between services, games and pages, as structs."""
