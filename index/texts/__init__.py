"""All that is computed of entries' texts alone, without an encoder.

- `text_files`: the files, for a build, and for a check that computes them again
"""
