"""The player's source: typed, small, alone."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from pathlib import Path

import engines
import pytest

import explainers.site
from explainers.site.text import asset

ASSETS = Path(explainers.site.__file__).parent / "assets"


@pytest.mark.parametrize("sources", [("player.js", "watch.js", "voice.js"), ("race.js",)])
def test_the_player_and_the_race_are_typed(tmp_path: Path, sources: tuple[str, ...]) -> None:
    options = {
        "allowJs": True,
        "checkJs": True,
        "noEmit": True,
        "strict": True,
        "target": "es2022",
        "types": [],
    }
    options |= {"module": "es2022", "lib": ["es2022", "dom", "dom.iterable"]}
    files = [str(ASSETS / name) for name in sources]
    (tmp_path / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "files": files}))
    tsc = engines.MODULES / ".bin/tsc"
    assert tsc.exists(), "no TypeScript: run tests/site/setup.sh"
    done = subprocess.run([str(tsc), "-p", str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("names", "most"),
    [(("player.js", "player.css"), 7_400), (("race.js", "race_views.js", "race.css"), 17_000)],
)
def test_the_player_and_the_race_are_small(names: tuple[str, ...], most: int) -> None:
    assert len(gzip.compress("".join(map(asset, names)).encode(), 9)) < most


@pytest.mark.parametrize("path", sorted(ASSETS.glob("*.js")), ids=lambda path: path.name)
def test_what_is_shipped_is_the_source_without_comments(path: Path) -> None:
    """Both say the same to a parser, and no line of code is lost."""
    shipped = asset(path.name)
    assert engines.parsed([shipped]) == [None]
    script = """
const { parse } = require('acorn');
let text = '';
process.stdin.on('data', part => text += part).on('end', () => {
  const told = source => JSON.stringify(parse(source, { ecmaVersion: 2022, sourceType: 'module' }),
    (key, value) => (key === 'start' || key === 'end' ? undefined : value));
  const [source, shipped] = JSON.parse(text).map(told);
  console.log(source === shipped);
});
"""
    done = subprocess.run(
        ["node", "-e", script],
        input=json.dumps([path.read_text(), shipped]),
        capture_output=True,
        text=True,
        cwd=engines.MODULES.parent,
    )
    assert done.stdout.strip() == "true", done.stderr


@pytest.mark.parametrize("name", ["player.js", "voice.js", "race.js", "race_views.js"])
def test_scripts_ask_nobody_else_and_need_no_inline_code(name: str) -> None:
    source = (ASSETS / name).read_text()
    assert not re.search(r"https?://(?!www\.w3\.org)", source)
    assert not re.search(
        r"\beval\(|new Function|setAttribute\('on|\.innerHTML|document\.cookie|localStorage", source
    )


def test_times_in_addresses_are_read() -> None:
    script = """
import { readFileSync } from 'node:fs';
const source = readFileSync(process.argv[1], 'utf8').match(/export function seconds[\\s\\S]*?\\n}/)[0];
const { seconds } = await import('data:text/javascript,' + encodeURIComponent(source));
const written = ['42', '1:02', '1:01:02.5', '1m2s', '90s', '', 'x', '-3', '1:xx', null];
console.log(JSON.stringify(written.map(one => seconds(one))));
"""
    command = ["node", "--input-type=module", "-e", script, str(ASSETS / "player.js")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert json.loads(done.stdout) == [42, 62, 3662.5, 62, 90, None, None, None, None, None], done.stderr
