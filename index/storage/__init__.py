"""Generations on disk: written whole, checked, published by one pointer, never edited."""
