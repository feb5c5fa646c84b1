"""Exact matching: documented messages with other values in them, also cut short, and documented error codes."""
