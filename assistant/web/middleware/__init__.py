"""What every request passes before a route answers it, as plain ASGI middleware.

Reading order: `stack` (all of it, outermost first, with the reason for each place), `responses` (what they share),
`sites`, `security`, `page_errors`, `rate_limit`, `body_limit`, `fault_ids`, `turns`; then `gradio_calls` and
`gradio_document`, which stand in front of Gradio's page.
"""
