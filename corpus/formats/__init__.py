"""One module a format: bytes become a `Document`; what its elements mean is decided in `corpus.parsing`."""
