"""What an evaluation found: Markdown, JSON, and one HTML page with plots that fetches nothing."""

from __future__ import annotations

import html
import io
import json
from collections.abc import Iterator
from pathlib import Path

from agent.disk import replace_text
from agent.evaluation.measure import Measure, NotMeasured
from agent.evaluation.suite import Evaluation
from agent.evaluation.summary import summary


def write_report(found: Evaluation, path: Path) -> list[Path]:
    """Write the report as `path` (Markdown) and, beside it, as .json and .html."""
    path.parent.mkdir(parents=True, exist_ok=True)
    documents = {".md": as_markdown(found), ".json": as_json(found), ".html": as_page(found)}
    files = [path.with_suffix(suffix) for suffix in documents]
    for file, text in zip(files, documents.values(), strict=True):
        replace_text(file, text)
    return files


def as_json(found: Evaluation) -> str:
    """The contract: measure → its figure, or why there is none."""
    told = {name: one.model_dump(mode="json") for name, one in found.results.items()}
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def as_text(found: Evaluation) -> str:
    """For a terminal: a line a measure."""
    lines = [found.about]
    if short := summary(found.results):
        wide = max(len(row[0]) for row in short)
        lines += ["", *(f"{what:<{wide}}  {told:<24} {least:<7} {held}"
                        for what, told, least, held in short)]  # fmt: skip
    for task, results in _by_task(found):
        lines += ["", f"{task}: {found.questions[task]}"]
        for name, one in results.items():
            if isinstance(one, NotMeasured):
                lines.append(f"  not measured: {one.not_measured}")
                continue
            lines.append(f"  {name:<28} {_interval(one)}")
            lines += [f"    {other:<26} {_compared(one, other)}" for other in one.baselines]
    return "\n".join(lines)


def as_markdown(found: Evaluation) -> str:
    """One table a task: ours with its interval, then what it was compared with."""
    lines = [f"# Evaluation of {found.run.name}", "", f"{found.about}.", ""]
    lines += ["Intervals are 95 %, by a bootstrap over units, baselines drawn in pairs with ours."]
    if found.how:
        lines += ["", f"Measured by {found.how}."]
    if short := summary(found.results):
        lines += ["", "| What is asked | Found (95 %) | At least | |", "|---|---|---|---|"]
        lines += [f"| {' | '.join(row)} |" for row in short]
    for task, results in _by_task(found):
        lines += ["", f"## {task.capitalize()}", "", found.questions[task]]
        lines += [f"Took {found.seconds[task]:,.0f} s.", ""]
        if any(isinstance(one, Measure) for one in results.values()):
            lines += ["| Measure | Ours | n | Compared with |", "|---|---|---|---|"]
        for name, one in results.items():
            if isinstance(one, NotMeasured):
                lines.append(f"Not measured: {one.not_measured}.")
                continue
            others = "; ".join(f"{other} {_compared(one, other)}" for other in one.baselines)
            told = f"{name}: {one.about}" if one.about else name
            lines.append(f"| {told} | {_interval(one)} | {one.n:,} {one.unit} | {others} |")
    return "\n".join(lines) + "\n"


def as_page(found: Evaluation) -> str:
    """One HTML file: plots as SVG inside, the table under them, nothing fetched, nothing run."""
    parts = [f"<h1>Evaluation of {html.escape(found.run.name)}</h1>"]
    parts.append(f"<p>{html.escape(found.about)}. Bars are means, whiskers 95 % intervals.</p>")
    if found.how:
        parts.append(f"<p>Measured by {html.escape(found.how.replace('`', ''))}.</p>")
    rows = [
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
        for row in summary(found.results)
    ]
    if rows:
        head = "<th>What is asked</th><th>Found (95 %)</th><th>At least</th><th></th>"
        parts.append(f"<table><tr>{head}</tr>{''.join(rows)}</table>")
    for task, results in _by_task(found):
        parts.append(f"<h2>{html.escape(task.capitalize())}</h2>")
        parts.append(f"<p>{html.escape(found.questions[task])}</p>")
        rows = []
        for name, one in results.items():
            if isinstance(one, NotMeasured):
                parts.append(f"<p><em>Not measured: {html.escape(one.not_measured)}.</em></p>")
                continue
            others = "<br>".join(
                html.escape(f"{other} {_compared(one, other)}") for other in one.baselines
            )
            cells = (html.escape(name), html.escape(one.about), _interval(one), f"{one.n:,}")
            rows.append("<tr>" + "".join(f"<td>{c}</td>" for c in (*cells, others)) + "</tr>")
        drawn = {name: one for name, one in results.items() if isinstance(one, Measure)}
        if drawn:
            parts.append(_plot(drawn))
            head = "".join(
                f"<th>{h}</th>" for h in ("Measure", "What it is", "Ours", "n", "Compared with")
            )
            parts.append(f"<table><tr>{head}</tr>{''.join(rows)}</table>")
    return PAGE.format(title=html.escape(found.run.name), body="\n".join(parts))


PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Evaluation of {title}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem;
  color: #222; background: #fff }}
table {{ border-collapse: collapse; margin: 1rem 0 2rem }}
td, th {{ border-top: 1px solid #ddd; padding: .3rem .7rem; text-align: left; vertical-align: top }}
svg {{ max-width: 100%; height: auto }}
</style></head><body>
{body}
</body></html>
"""


def _plot(results: dict[str, Measure]) -> str:
    """Bars for ours and the baselines, a panel a measure, as SVG without a header."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib.figure import Figure

    columns = min(3, len(results))
    rows = -(-len(results) // columns)
    most = max(len(one.baselines) for one in results.values())
    figure = Figure(figsize=(4.2 * columns, rows * (1.0 + 0.25 * (most + 1))), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for axis in axes[len(results) :]:
        axis.set_visible(False)
    for axis, (name, one) in zip(axes, results.items(), strict=False):
        names = ["ours", *one.baselines][::-1]
        values = [one.value, *one.baselines.values()][::-1]
        axis.barh(names, values, color=["#b8bfc6"] * len(one.baselines) + ["#2f6f9f"])
        bounds = [[max(0.0, one.value - one.low)], [max(0.0, one.high - one.value)]]
        axis.errorbar([one.value], [len(names) - 1], xerr=bounds, color="#111", capsize=3)
        if min(*values, one.low) >= 0:
            axis.set_xlim(0, None if max(*values, one.high) > 0 else 1)
        axis.set_title(name, fontsize=9)
        axis.tick_params(labelsize=8)
        axis.spines[["top", "right"]].set_visible(False)
    file = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": "folkmap", "svg.fonttype": "path"}):
        figure.savefig(file, format="svg", metadata={"Date": None})
    text = file.getvalue()
    return text[text.index("<svg") :]


def _by_task(found: Evaluation) -> Iterator[tuple[str, dict[str, Measure | NotMeasured]]]:
    for task in found.questions:
        own = {
            name.removeprefix(f"{task}.").replace("_", " "): one
            for name, one in found.results.items()
            if name == task or name.startswith(f"{task}.")
        }
        yield task, own


def _interval(one: Measure) -> str:
    return f"{_figure(one.value)} ({_figure(one.low)} to {_figure(one.high)})"


def _compared(one: Measure, other: str) -> str:
    """`.108, ours × 1.03 (1.01 to 1.05)`"""
    told = _figure(one.baselines[other])
    if (ratio := one.ratios.get(other)) is None:
        return told
    return f"{told}, ours × {ratio.value:.2f} ({ratio.low:.2f} to {ratio.high:.2f})"


def _figure(value: float) -> str:
    """Three places under 10, none over 100; the nought before the point is left out."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    told = f"{value:.1f}" if abs(value) >= 10 else f"{value:.3f}"
    return told.replace("0.", ".", 1) if abs(value) < 1 else told
