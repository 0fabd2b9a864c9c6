"""What moderators need of a room: tokens with less right, everybody who pressed, the blocked."""
