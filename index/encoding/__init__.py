"""Passages become vectors, here or on many machines; each encodes a part of what is new, and a build takes it.

In reading order:

- `passage_encoder`: what is encoded together, and how
- `written_rows`: what a build writes of its entries
- `chunk_folder`: where encoded chunks wait for the build
- `parts`: which chunks are a part, and encoding one
- `cluster`: the same chunks on the workers of a Dask cluster; the only module that imports distributed
"""
