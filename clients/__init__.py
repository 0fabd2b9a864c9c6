"""What games and pages use to talk to Streamario."""
