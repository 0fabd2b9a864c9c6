"""The API's HTTP: server, middleware, requests, headers, errors."""
