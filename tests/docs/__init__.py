"""What pages for contributors and operators say about the code is true."""
