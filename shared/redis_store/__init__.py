"""The way to Redis: one server, Sentinel or Cluster, with calls that travel together."""
