"""HTTP as the API speaks it: the server, errors, headers, middleware."""
