"""The front behind a tunnel: what it passes, whom it takes visitors for, and what attackers get."""
