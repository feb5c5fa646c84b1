"""The routes for programs besides those of the editor: search, and what there is to be found."""
