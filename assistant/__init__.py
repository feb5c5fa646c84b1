"""People and programs are answered: the web page, the HTTP interface and the command line.

All of them put the text they are given to `answering.Assistant` and show the `answer.Answer` it returns.
"""
