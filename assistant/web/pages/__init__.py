"""The routes of the pages that need no script, and what tells search engines about them."""
