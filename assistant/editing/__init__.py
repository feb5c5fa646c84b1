"""The editor's loop: from what people asked in vain to an article that answers it.

In reading order:

- `questions`: what the journal says of each question; `question_groups`: like questions together
- `review`: every group is asked again of the current generation
- `article_edit`: a symptom or an entry is put into the text of an article, by its lines (`article_lines`)
- `changes`: such an edit is made to a file, unless somebody else changed it meanwhile
- `trial`: what a changed article would answer, before anybody else sees it
- `reports`: what an editor is told of it
- `desk`: all of it for the editor's page
"""
