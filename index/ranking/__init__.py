"""The ranking of a description: signals, their weighted sum, and the probability of each hit.

In reading order:

- `ranker`: a query becomes ranked hits; the other modules are its steps
- `engine`: what is asked of that which holds the entries; `index.engines` has them
- `vector_index`, `search_codes`, `bm25`: candidates from the nearest vectors (FAISS) and from words
- `passage_table`: the vectors of a generation's passages
- `signals`: four figures for each candidate
- `fusion`, `calibration`: the figures become one score, and the score a probability
- `word_vectors`, `binary_codes`: what late interaction compares, and its compressed form
"""
