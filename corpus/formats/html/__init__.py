"""Saved web pages and the HTML in exports and Markdown, as the elements of a `Document`."""
