"""The HTTP server: Gradio's page, our own routes, and the middleware in front of both.

Reading order: `server` (listens), `app` (assembles), `schema` (what requests and responses look like), `gradio_page`
(the page's layout and its one handler), then the routes of `api` (for programs and screenshots),
`pages` (without script), `widget` (for other sites), `feedback_routes`, `image_routes` and `editor_routes`.
`middleware` is what every request passes first; `static` holds styles and scripts.
"""
