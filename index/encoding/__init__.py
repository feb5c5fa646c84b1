"""Encoding on many machines: each encodes a part of what is new, and the next build takes their vectors.

In reading order:

- `chunk_folder`: where encoded chunks wait for the build
- `parts`: which chunks are a part, and encoding one
- `cluster`: the same chunks on the workers of a Dask cluster; the only module that imports distributed
"""
