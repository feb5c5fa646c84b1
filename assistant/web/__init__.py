"""The HTTP server: the page, the API, the editor's routes."""
