"""One module a format: bytes become a `Document`; what the elements mean is decided in `corpus.entries`."""
