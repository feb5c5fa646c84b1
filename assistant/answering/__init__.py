"""A query becomes an `Answer`, by this process or by a pool of workers."""
