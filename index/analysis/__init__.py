"""A text before anything is matched: its tokens, terms and language, misspellings corrected, a paste cleaned up."""
