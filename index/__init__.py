"""Passages become vectors and postings on disk; a query becomes ranked hits.

This room imports `corpus` and never `assistant`. Its heavy libraries have one home each: sentence_transformers, torch
and openvino in `index.models`, faiss in `index.vectors`.
"""
