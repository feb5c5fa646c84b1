"""Help articles become entries, entries become passages.

This room imports neither `index` nor `assistant`, and no numerical library: what it makes is plain text in frozen
records. `loader` is the only module here that opens files; everything else is a pure function.
"""
