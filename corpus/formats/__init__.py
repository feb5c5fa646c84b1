"""One module for each format: bytes become a `Document`, whose meaning `corpus.parsing` decides.

In reading order:

- `document`: what all formats are read into
- `registry`: the formats, by the suffix of the file
- `markdown`, `markdown_elements`: our own format
- `plain_text`, `plain_text_blocks`, `plain_text_boilerplate`: text as copied from a page
- `html`: pages; `docx` converts to it
- `structured`, with `csv_rows` and `jsonl`: each record an entry
- `helpdesk_export`: JSON of Zendesk, Intercom, Freshdesk, Confluence and others; `records`: catalogues in JSON
- `docs_markup`: what documentation tools add to Markdown; `unclosed_fence`: a code block without an end
- `converted`: mail, reStructuredText, Excel workbooks
- `decoding`, `escaping`: bytes to text, and text to Markdown
"""
