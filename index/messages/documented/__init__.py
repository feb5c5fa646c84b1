"""What a build writes down of the documented messages, so that `index.messages` recognises them in a text.

- `template_files`: what is written down; only the messages of new entries are read
- `template_table`: the messages without their values
- `clause_sharing`: which clauses of a message no other entry has
- `clause_merging`: how that changes with an edit
"""
