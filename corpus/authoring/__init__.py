"""What editors need: the rules of lint, and articles written as Markdown.

In reading order:

- `findings`: a finding, and the names of all rules
- `article_rules`: `lint`, and the rules on a single article
- `unclosed_markup`: one more of these, on markup that is never closed
- `corpus_rules`: the rules that compare articles
- `vocabulary_rules`: names and headings that recur and are not understood
- `article_writer`: entries written as Markdown, for imports
"""
