"""Documents become articles with entries: what headings, labels and table rows mean, and which entry has which text.

In reading order:

- `article_parser`: a document becomes an article; `front_matter` checks its metadata
- `entry_parser`: walks the sections and decides which are entries
- `section_tree`: the tree of headings, and what a section is; `headings`: what the wording of a heading says
- `labelled_parts`: a section divided at its labels; `entry_rows`: tables and lists with an entry in each row
- `entry_builder`: labelled parts become an `entry_content`; `solution_builder` does so for the solutions
- `entry_collector`: contents become entries, with an id of `entry_ids` and a place; the rest is excluded
"""
