"""How the pages look to Gradio: system fonts, the map's grounds, nothing fetched from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.map.palette import GROUNDS

if TYPE_CHECKING:
    import gradio as gr

FONTS = (
    "-apple-system", "BlinkMacSystemFont", "Segoe UI", "Roboto", "Noto Sans", "Liberation Sans",
    "system-ui", "sans-serif",
)  # fmt: skip

POLICY = "; ".join(
    (
        "default-src 'none'",
        # Gradio's own: its start is an inline script, its templates are compiled in the browser.
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "frame-src 'self' blob: data:",
        "manifest-src 'self'",
        "worker-src 'self' blob:",
        "form-action 'none'",
    )
)
"""What a page may load and where it may send: here, and nowhere else."""

ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' "
    "fill='%231f5c4d'%3E%3Ccircle cx='8' cy='8' r='4'/%3E%3Ccircle cx='17' cy='10' r='3'/%3E"
    "%3Ccircle cx='10' cy='17' r='3.2'/%3E%3C/svg%3E"
)


def theme() -> gr.themes.Base:
    """Gradio's plainest theme, with the system's fonts and the map's two grounds."""
    import gradio as gr

    made = gr.themes.Base(font=list(FONTS), font_mono=["ui-monospace", "monospace"])
    return made.set(
        body_background_fill=GROUNDS[0],
        body_background_fill_dark=GROUNDS[1],
        background_fill_primary=GROUNDS[0],
        background_fill_primary_dark=GROUNDS[1],
    )


def head(style: str, script: str) -> str:
    """What goes into the page's head: the policy, the icon, the style, the script.

    Not as Gradio's `css`, which it rewrites to hold inside its container only.
    """
    return (
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="referrer" content="no-referrer">'
        f'<link rel="icon" href="{ICON}">'
        f"<style>{style}</style>"
        f"<script>{script}</script>"
    )
