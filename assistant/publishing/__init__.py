"""From an edited article to a published index.

Reading order: `rebuild` (reads the articles and builds), `watcher` (rebuilds after each edit) and `watcher_process`;
`article_lint` and `article_import` for their commands; `article_preview` and `editor_session` for the editor's page.
"""
