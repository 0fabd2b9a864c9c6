"""Which servers there are behind `REDIS_URL`, and one pipeline to each master."""
