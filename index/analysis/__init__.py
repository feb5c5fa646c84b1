"""What is done to a text before it is matched or ranked.

- `tokens`: words and numbers as messages are compared by, each with its place in the text
- `terms`: stems and parts of words as BM25 counts them; where the words of a query stand in another text
- `postings`: which entries have a term; those of a generation before and of new entries are merged
- `lexicon`: stop words, and the words that belong to values (units, months, currencies) or never do
- `spelling`: typos, corrected in a description and accepted in a pasted message
- `language`: whether a query can be understood at all
- `paste_cleanup`: the marks of HTML, JSON, URLs and Markdown are removed
- `quotation`: whether a text quotes a message and then says something else
"""
