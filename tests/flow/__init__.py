"""Both services together, as processes of their own, over real servers."""
