"""Documents become articles with entries: what headings, labels and table rows mean, and which entry has which text.

In reading order:

- `article_parser`: a document becomes an article; `front_matter` checks its metadata, in which
  `foreign_metadata` knows the names of help centres
- `entry_parser`: walks the sections and decides which are entries
- `sections`: the headings; `section_classifier`: what a section is
- `labelled_parts`: a section divided at its labels; `entry_rows`: tables and lists with an entry in each row
- `whole_article`: an article in which nothing marks an entry
- `entry_builder`: labels and a `builder_state` decide where a text goes; `solution_builder` has the solutions
- `entry_content`: the result
- `entry_collector`: contents become entries, with an id of `entry_ids` and a place; the rest is excluded
"""
