"""Passages become vectors and postings on disk; a query becomes ranked hits.

This room imports `corpus` and never `assistant`. Its heavy libraries have one home each: sentence_transformers, torch
and openvino in `index.models`, faiss in `index.ranking.vector_index`.
"""

import os

# subtle: numpy reads it when it is imported. The products of a query are small: two threads spend four times as long
# waiting for each other as one takes to compute them, and the server has a thread for each query anyhow.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
