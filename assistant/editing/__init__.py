"""The editor's loop: from what people asked in vain to an article that answers it.

In reading order:

- `questions`: what the journal says of each question; `question_groups`: like questions together
- `review`: every group is asked again of the current generation
- `article_edit`: a symptom or an entry is put into the text of an article
- `trial`: what a changed article would answer, before anybody else sees it
- `answered_questions`: the questions that an editor has seen answered, asked again by lint
- `desk`: all of it for the editor's page
"""
