"""Pages that need no script: articles, entries, answers, and what programs can ask for; pure, as all of rendering."""
