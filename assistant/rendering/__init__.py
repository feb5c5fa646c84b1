"""An `Answer` as people read it: HTML for the page, text for a terminal.

Reading order: `answer_text` (the terminal), then for HTML `html_templates` and the folder `templates`,
`safe_markdown`, `phrases`, `entry_card` (one entry), `support_note`, `answer_html` (a whole answer); `page_parts`
(what surrounds it), `page_request` and `page_view` (what the page shows for a request).
"""
