"""Engines hold the entries of a generation and find candidates: `index.ranking.engine` says what one does.

- `local`: the files of a generation, in this process
"""
