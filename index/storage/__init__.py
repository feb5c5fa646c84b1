"""Generations on disk: written completely, verified, published by replacing one pointer, and never edited.

In reading order:

- `store`: the generations of an index folder; publish, open, list, roll back
- `manifest`: a generation's list of files with their SHA-256, and its id
- `payload`: what a file holds, bytes or arrays
- `generation`: an open generation; every file is verified as it is read
- `generation_writer`, `pointer`, `retention`, `writer_lock`: the steps of a write
- `file_system`, `os_errors`: the system calls, and what their failures mean to the user
- `entry_table`, `image_table`: the articles, entries and images of a generation
- `carried_rows`: which entries a build takes over from the generation before
- `ragged`: arrays that hold runs of different lengths
"""
