"""HTML becomes the elements of a `Document`: saved pages, bodies of exports, Word documents, blocks in Markdown.

In reading order:

- `page`: the way of a page from bytes to a document
- `boilerplate`: menus, banners and footers are removed
- `blocks`: the blocks of the main content become elements; `lists`, `tables`, `callouts` and `inline` help
- `in_markdown`: the same for blocks of HTML in a Markdown article
"""
