"""Segments: files that never change, each with some entries' rows, which generations share.

An edit writes one small segment; what did not change stays where it is. A generation says for each of its entries in
which segment its rows are, and in which place. Rows that no entry has are dead, and go when their segment is merged.

- `columns`: the arrays of a segment, and which of them count the rows of another
- `block_file`: a file that is verified a block at a time, as far as it is read
- `lent_memory`: what a server has read and its workers use
- `segment`: an open segment; those that are open are shared in a process
- `placed_rows`: the rows of entries, wherever their segments are
- `segment_list`: what a build writes: segments that it keeps, one that is new, and each entry's place
- `merging`: which segments a build merges
"""
