"""What the balancer, the small server's Caddy and the tunnel's Caddy promise alike."""
