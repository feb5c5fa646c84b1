"""Catalogues of errors and questions in JSON: each record is an entry.

In reading order:

- `fields`: which part of an entry a field is, by its name
- `catalogue`: a list of records, or a map by code
"""
