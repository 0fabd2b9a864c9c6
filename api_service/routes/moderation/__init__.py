"""Moderation: tokens with less right, everybody who pressed, blocks, and names."""
