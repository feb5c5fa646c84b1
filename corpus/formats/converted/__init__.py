"""Formats that are converted to HTML, plain text or rows first.

- `mail`: the text of a message; `rst`: reStructuredText by docutils; `workbook`: sheets by openpyxl, each row an entry
"""
