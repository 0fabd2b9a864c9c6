"""How every game client behaves, as data: frames in, calls out. See docs/client_behaviour.md."""
