"""The headings of an article: the tree they make, and what their wording says.

In reading order:

- `folds`: the titles of tabs, and of parts that unfold, become headings or lines in bold
- `section_tree`: the tree of headings
- `headings`: what the wording of one says; `imperatives`: whether it says what to do
"""
