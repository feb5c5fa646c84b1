"""Help articles become entries, one error and its fix each; entries become passages, the texts that get a vector.

This package imports neither `index` nor `assistant`, and no numerical library: it makes frozen records of text.

In reading order:

- `article`: the records; `errors`: what can be wrong
- `loader`: a folder becomes a `Corpus`; `article_files`: its files; `entry_runs`: its entries, read when asked for
- `formats`: a file becomes a document, whatever its format
- `labels`, `label_synonyms`: the words that name the parts of an entry
- `parsing`: a document becomes an article with entries
- `passages`: an entry becomes passages; `images`: the images that it shows
- `authoring`: what editors need: lint, and articles written as Markdown

Beside the code are `articles` (the help articles) and `judgments` (queries with the entries that answer them).
"""
