"""The connection to Redis (one server, Sentinel or Cluster), with pipelined calls."""
