"""Terminal commands: a stand-in game, a simulated crowd, and the audit of a room."""
