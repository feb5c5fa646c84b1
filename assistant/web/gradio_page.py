"""The web page in Gradio: its layout, and one handler that shows what `rendering` makes of the text in the box."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import gradio as gr
from fastapi import FastAPI

from assistant.rendering.page_parts import hint_html, picture_html
from assistant.rendering.page_request import PageRequest
from assistant.rendering.page_view import PageRenderer, PageView, Shown
from assistant.web.middleware.responses import new_error_id

_LOG = logging.getLogger(__name__)
_SESSIONS = 100  # Gradio keeps a copy of its layout (25 kB) for each of so many; ours has no state, so none is missed
_FONTS = ("system-ui", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
_MONO_FONTS = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")


def build_ui(renderer: PageRenderer, *, name: str, reads_pictures: bool = False) -> gr.Blocks:
    """Lay out the page and wire its one handler.

    Args:
        renderer: Makes the HTML of the page.
        name: The product's name, shown as the page's heading.
        reads_pictures: Whether a screenshot may be asked.
    """

    def respond(query: str | None, request: str | None, shown: str | None) -> tuple[Any, ...]:
        view = _respond(renderer, query or "", PageRequest.parse(request or ""), Shown.parse(shown or ""))
        answer = gr.skip() if view.is_held else view.answer
        frame = view.frame
        if frame is None:
            return answer, gr.skip(), gr.skip(), gr.skip(), str(view.shown)
        return answer, frame.filters, frame.contents, frame.footer, str(view.shown)

    with gr.Blocks(title=name, analytics_enabled=False, fill_width=True) as page:
        gr.HTML(renderer.header(), elem_id="page-header", padding=False, apply_default_css=False)
        with gr.Column(elem_id="ask"):
            box = gr.Textbox(
                label="Describe the problem, or paste the error message",
                lines=1,  # with one line Gradio sends on Enter; the style makes the box taller
                max_lines=12,
                elem_id="query",
            )
            gr.HTML(hint_html(), elem_id="hint", padding=False, apply_default_css=False)
            button = gr.Button("Find the solution", variant="primary", elem_id="find")
            if reads_pictures:
                gr.HTML(picture_html(), elem_id="picture", padding=False, apply_default_css=False)
        request = gr.Textbox(elem_id="request", visible="hidden", show_label=False)
        shown = gr.Textbox(elem_id="shown", visible="hidden", show_label=False)  # what the page shows
        filters = gr.HTML(elem_id="filter", padding=False, apply_default_css=False)
        answer = gr.HTML(elem_id="answer", padding=False, apply_default_css=False)
        contents = gr.HTML(elem_id="contents", padding=False, apply_default_css=False)
        footer = gr.HTML(elem_id="page-footer", padding=False, apply_default_css=False)
        gr.on(
            [
                page.load,
                box.change,
                box.submit,
                button.click,
                request.change,
            ],  # `input` is not triggered by pasting
            respond,
            inputs=[box, request, shown],
            outputs=[answer, filters, contents, footer, shown],
            queue=False,  # the queue costs some 80 ms a call
            trigger_mode="always_last",
            show_progress="hidden",
            api_visibility="private",
        )
    page.state_session_capacity = _SESSIONS
    return page


def mount_ui(
    app: FastAPI, renderer: PageRenderer, *, name: str, root_path: str = "", reads_pictures: bool = False
) -> None:
    """Put the page at the root of an application, with Gradio's other features off."""
    with ThreadPoolExecutor(1) as thread:  # the caller's thread may have a loop running

        def lay_out() -> gr.Blocks:
            return build_ui(renderer, name=name, reads_pictures=reads_pictures)

        thread.submit(asyncio.run, _mount(app, lay_out, root_path)).result()


async def _mount(app: FastAPI, lay_out: Callable[[], gr.Blocks], root_path: str) -> None:
    """Mount within a running loop: outside one, Gradio opens two of its own and leaves them open."""
    gr.mount_gradio_app(
        app,
        lay_out(),
        path="/",
        root_path=root_path or None,
        theme=gr.themes.Base(font=_FONTS, font_mono=_MONO_FONTS),
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=1,
        enable_monitoring=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        blocked_paths=["/"],
    )


def _respond(renderer: PageRenderer, query: str, request: PageRequest, shown: Shown) -> PageView:
    """Return what is shown, and an error id in its place where our own code fails."""
    try:
        return renderer.respond(query, request, shown=shown)
    except Exception:  # noqa: BLE001 - people get a sentence and an id, whatever failed
        error_id = new_error_id()
        _LOG.exception("page request failed, id %s", error_id)
        return PageView.failed(error_id)
