"""The editor pane: what is shipped is what its sources and lock file make, and it completes by the schema."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

import explainers.studio
from explainers.schema import storyboard_schema

STUDIO = Path(explainers.studio.__file__).parent
SOURCES = ("editor.js", "completion.js", "outline.js", "package.json", "package-lock.json")


def test_the_bundle_is_what_its_sources_make(tmp_path: Path) -> None:
    folder = tmp_path / "studio/editor"
    folder.mkdir(parents=True)
    (tmp_path / "studio/web").mkdir()
    for name in SOURCES:
        shutil.copy(STUDIO / "editor" / name, folder / name)
    for command in (["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], ["npm", "run", "build"]):
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
    made = (tmp_path / "studio/web/editor.bundle.js").read_bytes()
    assert made == (STUDIO / "web/editor.bundle.js").read_bytes()


PLACES = [
    ("shots:\n  - id: a\n    kind: bars\n    |", {"value", "unit", "bars", "title"}, {"heading", "kind"}),
    ("shots:\n  - id: a\n    kind: |", {"bars", "title", "race"}, {"heading"}),
    ("shots:\n  - kind: title\n    |\n    id: a\n", {"heading", "statement"}, {"bars", "id"}),
    ("|\n", {"title", "shots", "facts"}, {"heading"}),
    ("title: A\ntheme: |", {"ink", "paper"}, {"title"}),
    ("facts:\n  gain: {|", {"table", "where", "value", "format"}, {"shots"}),
    ("facts:\n  gain:\n    table: runs\n    |", {"where", "value", "over"}, {"table", "shots"}),
    ("facts:\n  n: {table: runs, over: |", {"count", "mean"}, {"table"}),
    ("canvas: {size: 640x360, |", {"fps"}, {"size"}),
    (
        "shots:\n  - id: a\n    kind: title\n    beats:\n      - {id: x, |",
        {"duration", "cue"},
        {"id", "kind"},
    ),
    (
        "shots:\n  - id: a\n    kind: title\n    beats:\n      - id: x\n        |",
        {"duration", "cue"},
        {"heading"},
    ),
    ("shots:\n  - id: a\n    kind: title\n  - id: b\n    kind: bars\n    |", {"bars"}, {"heading"}),
]


@pytest.fixture(scope="module")
def completed() -> list[set[str]]:
    """What is offered at each place, by the editor's own code in Node."""
    script = """
    import { completions } from "./completion.js";
    const { schema, texts } = JSON.parse(await new Promise(done => {
      let all = ""; process.stdin.on("data", part => all += part).on("end", () => done(all)); }));
    const found = texts.map(text => {
      const pos = text.indexOf("|"), plain = text.replace("|", "");
      const lines = plain.split("\\n"); let at = 0;
      const starts = lines.map(line => { const from = at; at += line.length + 1; return from; });
      const lineAt = where => { const n = starts.findLastIndex(from => from <= where);
        return { number: n + 1, from: starts[n], text: lines[n] }; };
      const doc = { lines: lines.length, lineAt, line: n => ({ text: lines[n - 1] }) };
      const found = completions({ pos, explicit: true, state: { doc } }, schema);
      return found?.options.map(one => one.label) ?? [];
    });
    console.log(JSON.stringify(found));
    """
    asked = json.dumps({"schema": storyboard_schema(), "texts": [text for text, _, _ in PLACES]})
    done = subprocess.run(
        ["node", "--input-type=module", "-e", script],
        cwd=STUDIO / "editor",
        input=asked,
        capture_output=True,
        text=True,
        check=True,
    )
    return [set(one) for one in json.loads(done.stdout)]


@pytest.mark.parametrize("number", range(len(PLACES)))
def test_what_fits_a_place_is_offered_and_nothing_else(completed: list[set[str]], number: int) -> None:
    text, offered, withheld = PLACES[number]
    assert offered <= completed[number], text
    assert not withheld & completed[number], text
