"""Exact recognition: documented messages in a paste, with other values in them and also cut short.

In reading order:

- `template`, `value_patterns`: what a template is, and what counts as a value in a message
- `template_extraction`: a documented message becomes a template
- `paste`: a pasted text as tokens, and which stretches of it may be values
- `template_matcher`: the documented messages in a paste; the next six modules are its steps
- `bigram_index`: which templates share words and pairs of words with a paste
- `template_walk`: a template compared with a paste from one common word, in both directions
- `boundaries`, `truncation`: where a text may be cut, and where a cut message begins and ends
- `alignment`: how much of a message is there, and whether that is enough
- `own_clauses`: the clauses of a message by which it is recognised in somebody's own sentence
- `lookalikes`: the wording of a documented message around another problem

Beside each constant stands what another value changes, counted on 1,820 pastes (`tests/programs/pastes.py --each 20`);
on 455 altered ones, in which a word is replaced, so that they are other messages; on 600 pastes of 8,000 messages that
Python packages raise; on 30 logs with 656 of these messages, of which 558 are recognised; and on 77 long documents,
which hold no message and in which 21 stretches are taken for one.
"""
