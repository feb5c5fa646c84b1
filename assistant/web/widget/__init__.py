"""The widget: a script that puts the assistant on the pages of other sites, and the route that it asks.

Reading order: `routes`, `view` (an answer as the widget's JSON), `tree` (sanitised HTML as lists),
`script` (the files of the folder `client` as one script).
"""
