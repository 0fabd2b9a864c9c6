"""Background tasks of the API's processes."""
