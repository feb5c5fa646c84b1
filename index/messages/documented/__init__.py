"""What a build writes down of the documented messages, so that `index.messages` recognises them in a text.

- `template_files`: the messages without their values; only those of new entries are read
- `clause_sharing`: which clauses of a message no other entry has
"""
