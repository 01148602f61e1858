"""The pages of a service: put together as one Gradio app and mounted at `/`.

Each view is a Gradio component of its own whose template is a file in `agent/ui/page`. The browser
asks the functions named here; the chat's answers come as a Gradio event, piece by piece.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from agent.ui.audiences import Audiences
from agent.ui.chat import Chat
from agent.ui.items import Items
from agent.ui.map import Map
from agent.ui.page import Page, script, style
from agent.ui.people import People
from agent.ui.room import Reply, Room, Served
from agent.ui.segments import Segments
from agent.ui.showing import Showing
from agent.ui.theme import head, theme

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI

    from agent.records import Scope
    from agent.service.host import Host

Auth = Callable[[str, str], bool] | tuple[str, str] | list[tuple[str, str]] | None

ICONS = {
    "ask": "M4 5h16v11H10l-5 4v-4H4z",
    "map": "M4 6l5-2 6 2 5-2v14l-5 2-6-2-5 2zM9 4v14M15 6v14",
    "segments": "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
    "people": "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4 20c1-4 4-5.500 8-5.500s7 1.500 8 5.500z",
    "audiences": "M4 5h16l-6 7v6l-4 2v-8z",
}
"""Views in the order of the bar, each with the outline of its icon."""

_PART = "const part = {element, trigger, server, watch, props};" + (
    "if (window.folkmapPart) window.folkmapPart('%s', part);"
    "else (window.folkmapEarly ||= []).push(['%s', part]);"
)


def mount_ui(app: FastAPI, host: Host, *, auth: Auth = None, scope: Scope = "analyst") -> FastAPI:
    """Mount the pages over what `host` serves at `/`; routes registered before keep their paths.

    `auth` is a user with a password, several, or a function of both; `scope` is who looks:
    in `aggregate` no page shows a person or a small group.
    """
    import gradio as gr

    mounted: FastAPI = gr.mount_gradio_app(
        app,
        build_pages(Room(host, scope)),
        path="/",
        auth=auth,
        ssr_mode=False,
        footer_links=[],
        show_error=False,
        theme=theme(),
        head=head(style(), script()),
    )
    return mounted


def build_pages(room: Room) -> gr.Blocks:
    """The pages as Gradio's blocks."""
    import gradio as gr

    page, chat = room.page, Chat(room)
    shown = [name for name in ICONS if not (room.hidden and name == "people")]
    others = (Map, Segments, People, Showing, Audiences, Items)
    functions = [*chat.served(), *(one for view in others for one in view(room).served())]

    def part(name: str, html: str, served: list[Served] | None = None) -> gr.HTML:
        return gr.HTML(
            html_template=html,
            js_on_load=_PART % (name, name),
            apply_default_css=False,
            server_functions=served,
            elem_id=f"part-{name}",
        )

    # Gradio hands an event's data to a parameter so annotated, and nothing else does.
    async def ask(event: gr.EventData) -> AsyncIterator[Reply]:
        async for piece in chat.ask(event._data):
            yield piece

    ask.__annotations__["event"] = gr.EventData
    blocks: gr.Blocks = gr.Blocks(title=page.words["common"]["title"], analytics_enabled=False)
    with blocks:
        with gr.Column(elem_id="folkmap"):
            frame = part("frame", _frame(page, shown), functions)
            stream = part("stream", "<i hidden></i>")
            for name in shown:
                part(name, room.draw(name))
        asking = frame.submit(
            ask,
            None,
            stream,
            show_progress="hidden",
            api_visibility="private",
            concurrency_limit=8,
        )
        frame.stop(None, None, None, cancels=[asking])
    return blocks


def _frame(page: Page, shown: list[str]) -> str:
    words = page.words
    sections = ("people", "segments", "audiences", "map", "chat", "common")
    say = {key: text for section in sections for key, text in words[section].items()}
    return page.draw("frame", views=[(name, ICONS[name]) for name in shown], say=json.dumps(say))
