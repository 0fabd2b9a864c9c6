"""What `make check` checks besides the linters: documents, comments, names, generated files."""
