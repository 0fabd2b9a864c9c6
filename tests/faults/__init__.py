"""Every fault that the pair must survive, under load, on real processes; the books are checked."""
