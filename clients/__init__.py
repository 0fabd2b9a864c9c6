"""What games and pages use to talk to Streamario, and the commands that play in a terminal."""
