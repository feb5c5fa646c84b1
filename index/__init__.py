"""A corpus becomes an index on disk, and a query becomes ranked hits; `index/README.md` describes both ways.

Start with `builder` (an edit's way) or `retriever` (a query's way). `storage` keeps what is built, `models` encodes
text, `encoding` shares that among machines, `engines` hold the entries and narrow them down, `ranking` ranks them by
meaning and words, `messages` recognises pasted messages, `codes` error codes, `doubts` holds against an entry what no
signal sees, `analysis` has words and spelling, `evaluation` measures.

This package imports `corpus` and never `assistant`. Its heavy libraries have one home each: sentence_transformers,
torch and openvino in `index.models`, faiss in `index.ranking.vector_index`.
"""

import os

# subtle: this has to be set before numpy is imported. A query's matrix products are small: with two threads they take
# four times as long as with one, for the threads wait for each other; and the server has a thread for each query.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
