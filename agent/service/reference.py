"""/docs: the API on one page, made from the OpenAPI document; nothing is fetched from elsewhere."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

STYLE = """
:root { color-scheme: light dark; --line: #8884; --accent: #2563a8; }
@media (prefers-color-scheme: dark) { :root { --accent: #7fb2e5; } }
body { font: 16px/1.55 system-ui, sans-serif; max-width: 54rem; margin: 2rem auto;
  padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { margin-top: 2.5rem; font-size: 1.15rem; }
details { border-top: 1px solid var(--line); padding: .45rem 0; }
summary { cursor: pointer; } summary code { font-size: .95rem; }
b { color: var(--accent); display: inline-block; min-width: 4rem; font: 600 .8rem monospace; }
pre { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; padding: .7rem; }
code, pre { font-size: .85rem; } table { border-spacing: 0 .2rem; } td { padding-right: 1rem; }
td { vertical-align: top; } a { color: var(--accent); }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"


def add_reference(app: FastAPI) -> None:
    """Serve the page at /docs."""

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        page = "\n".join(_page(app.openapi()))
        return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})


def _page(document: dict[str, Any]) -> Iterator[str]:
    yield "<!doctype html><html lang=en><meta charset=utf-8>"
    yield "<meta name=viewport content='width=device-width'>"
    yield f"<title>Folkmap API</title><style>{STYLE}</style><h1>Folkmap API</h1>"
    for paragraph in document["info"]["description"].split("\n\n"):
        yield f"<p>{_text(paragraph)}</p>"
    yield "<p>For programs: <a href=/openapi.json>openapi.json</a></p>"
    operations = [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    for tag in document["tags"]:
        yield f"<h2>{_text(tag['description'])}</h2>"
        for path, method, operation in operations:
            if operation["tags"][0] == tag["name"]:
                yield from _operation(path, method, operation)


def _operation(path: str, method: str, operation: dict[str, Any]) -> Iterator[str]:
    said = operation.get("description", "").split("\n\n")
    yield f"<details><summary><b>{method.upper()}</b><code>{_text(path)}</code></summary>"
    for paragraph in said:
        yield f"<p>{_text(paragraph)}</p>"
    if operation.get("parameters"):
        yield "<table>"
        for one in operation["parameters"]:
            about = one.get("description", "")
            yield f"<tr><td><code>{_text(one['name'])}</code><td>{_text(about)}"
        yield "</table>"
    for title, content in (("Send", _sent(operation)), ("Get", _got(operation))):
        if content is not None:
            shown = content if isinstance(content, str) else json.dumps(content, indent=1)
            yield f"<p>{title}<pre>{_text(shown)}</pre>"
    yield "</details>"


def _sent(operation: dict[str, Any]) -> Any:
    """The first example of what is sent."""
    content = operation.get("requestBody", {}).get("content", {})
    for examples in (one.get("examples", {}) for one in content.values()):
        for example in examples.values():
            return example["value"]
    return None


def _got(operation: dict[str, Any]) -> Any:
    """The example of what comes back."""
    for status, response in operation["responses"].items():
        for content in response.get("content", {}).values():
            if status.startswith("2") and "example" in content:
                return content["example"]
    return None


def _text(said: str) -> str:
    return html.escape(" ".join(said.split()) if "\n" not in said else said)
