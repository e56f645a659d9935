"""What is fuzzed: each reader of a file that may be anybody's, with real files to begin from.

A target takes bytes and reads them as an author's file. InvalidInput is an answer, and so is a result;
any other exception is a find.
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from explainers.errors import InvalidInput
from explainers.facts.expression import ExpressionError, parse
from explainers.facts.ledger import Fact, Ledger
from explainers.facts.tables import load_table
from explainers.facts.templates import fill, number
from explainers.fonts import Letters, font_files, spans, tried
from explainers.footage.art import open_art
from explainers.footage.cast import read_cast
from explainers.kinds import discover
from explainers.plan import load_plan
from explainers.project import Project
from explainers.runs import load_run
from explainers.theme import MONO, SANS

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Target:
    """`read` gives True where the bytes were good, False where they were refused; `share` of all inputs."""

    name: str
    share: float
    seeds: tuple[bytes, ...]
    read: Callable[[bytes], bool]


def targets(folder: Path) -> tuple[Target, ...]:
    """All targets; files are written in `folder`, which is made anew."""
    shutil.rmtree(folder, ignore_errors=True)
    files = folder / "read"
    files.mkdir(parents=True)
    return (
        Target("storyboard", 0.25, _storyboards(), _planned(folder / "planned", "scenes/{}/storyboard.yaml")),
        Target("assets", 0.1, _assets(), _planned(folder / "declared", "assets/{}/assets.yaml")),
        Target("table", 0.1, _tables(), _table(files)),
        Target("drawing", 0.1, _drawings(), _written(files / "it.svg", _drawn)),
        Target("expression", 0.1, _EXPRESSIONS, _expression),
        Target("run", 0.15, _runs(), _written(files / "run", load_run)),
        Target("packed run", 0.05, (*_runs(), *_BOMBS), _packed(files / "run.gz")),
        Target("font", 0.05, _fonts(), _written(files / "own.ttf", _lettered)),
        Target("cast", 0.1, _casts(), _written(files / "it.cast", read_cast)),
    )


def _refused(read: Callable[[], object]) -> bool:
    try:
        read()
    except InvalidInput as error:
        assert str(error).isprintable() or "\n" in str(error)
        return False
    return True


# -- storyboards and assets, planned whole --------------------------------------------------------


def _videos() -> list[str]:
    return sorted(path.parent.name for path in ROOT.glob("scenes/*/storyboard.yaml"))


def _storyboards() -> tuple[bytes, ...]:
    """The real storyboards, and the example of every scene kind."""
    own = [(ROOT / "scenes" / name / "storyboard.yaml").read_bytes() for name in _videos()]
    return (*own, *(kind.example.encode() for kind in discover().values()))


def _assets() -> tuple[bytes, ...]:
    own = [(ROOT / "assets" / name / "assets.yaml").read_bytes() for name in _videos()]
    texts = [kind.example_files.get("assets.yaml") for kind in discover().values()]
    return (*own, *(text.lstrip("\n").encode() for text in texts if isinstance(text, str)))


def _planned(folder: Path, where: str) -> Callable[[bytes], bool]:
    """Plans the project whose file this was: the real video, or the kind's example, that it is most like."""
    projects = {name: _copied(name, folder / name) for name in _videos()}
    for name, kind in discover().items():
        (folder / name).mkdir(parents=True)
        projects[name] = kind.write_example(folder / name)
    paths = {name: project.root / where.format(name) for name, project in projects.items()}
    originals = {name: path.read_bytes() for name, path in paths.items() if path.exists()}
    lines = {name: set(text.split(b"\n")) for name, text in originals.items()}

    def read(data: bytes) -> bool:
        own = set(data.split(b"\n"))
        name = max(lines, key=lambda name: len(lines[name] & own))
        paths[name].write_bytes(data)
        try:
            return _refused(lambda: load_plan(projects[name], name, strict=False))
        finally:
            paths[name].write_bytes(originals[name])

    return read


def _copied(name: str, root: Path) -> Project:
    for room in ("scenes", "assets"):
        shutil.copytree(ROOT / room / name, root / room / name)
    (root / "pyproject.toml").write_text("[tool.explainers]\n")
    return Project(root)


# -- single files -----------------------------------------------------------------------------------


def _written(path: Path, read: Callable[[Path], object]) -> Callable[[bytes], bool]:
    def write_and_read(data: bytes) -> bool:
        path.write_bytes(data)
        return _refused(lambda: read(path))

    return write_and_read


def _packed(path: Path) -> Callable[[bytes], bool]:
    """A log as gzip has it: whole, cut short, or many times over, by its length."""

    def read(data: bytes) -> bool:
        packed = gzip.compress(data, mtime=0)
        # The last is a bomb: each unpacks to little, all of them to more than is read.
        path.write_bytes((packed, packed[:-9], packed * 40, packed * 4000)[len(data) % 4])
        return _refused(lambda: load_run(path))

    return read


def _tables() -> tuple[bytes, ...]:
    found = [path.read_bytes() for path in sorted(ROOT.glob("assets/*/data/*.csv"))]
    return (*found, b'[{"run": "off", "tok": 12.5}, {"run": "on", "tok": null}, {"run": "x", "more": true}]')


def _table(folder: Path) -> Callable[[bytes], bool]:
    def read(data: bytes) -> bool:
        suffix = ".json" if data.lstrip()[:1] in (b"[", b"{") else (".csv", ".tsv")[len(data) % 2]
        path = folder / f"table{suffix}"
        path.write_bytes(data)
        return _refused(lambda: load_table(path, path.name, "t", "s", "measured"))

    return read


_EXPRESSIONS = tuple(
    text.encode()
    for text in (
        *("drex / off - 1", "max(a, b, 3) * -2 ** 0.5", "mean(a, b) + sum(1, 2, 3) / `tok / s`", "abs(-a)"),
        *(
            "(a + b) * (a \u2212 b) \u00d7 2",
            "sqrt(a) ** 2 ** 3",
            "floor(a) - ceil(1e3)",
            "9**9**9",
            "1/(a-a)",
        ),
    )
)
_VALUES = {"a": 2.0, "b": -3.5, "drex": 1e300, "off": 0.0, "tok / s": float("1e-300")}


def _expression(data: bytes) -> bool:
    text = data.decode("utf-8", "surrogateescape")
    good = True
    try:
        parse(text).evaluate(_VALUES)
    except ExpressionError as error:
        assert error.mistake.message
        good = False
    filled = fill(f"Text of {{{text}:+.1%}} and {text}.", _LEDGER)
    return good and number(text, _LEDGER)[0] is not None and filled.text is not None


_LEDGER = Ledger({name: Fact(name, value) for name, value in _VALUES.items() if name.isidentifier()})


def _runs() -> tuple[bytes, ...]:
    """Real runs in our own form, cut to a size that is read quickly, and small logs of each other form."""
    own = []
    for path in sorted(ROOT.glob("assets/*/runs/*.run.jsonl")):
        lines = path.read_bytes().split(b"\n")
        own.append(b"\n".join(line[:4000] if index else line for index, line in enumerate(lines[:4])))
        own.append(b"\n".join(lines)[:60_000])
    return (*own, *(text.encode() for text in _LOGS))


_BENCH = {
    **{"backend": "vllm", "model_id": "m", "num_prompts": 2, "duration": 4.0, "completed": 2},
    **{"total_input_tokens": 30, "total_output_tokens": 5, "output_throughput": 1.25, "request_rate": "inf"},
    **{"input_lens": [10, 20], "output_lens": [3, 2], "ttfts": [0.5, 1.0], "itls": [[0.25, 0.25], [2.0]]},
    **{"start_times": [100.0, 101.0], "generated_texts": ["a b c", "d e"], "errors": ["", ""]},
}
_BOMBS = (bytes(1 << 22), b"[" * 100_000, b'{"t": 0.0}\n' * 200_000, b'{"a": ' * 50_000)
"""What packs well: zeros, brackets without end, lines and levels by the hundred thousand."""
_PASS = {"name": "x", "ph": "X", "ts": 9e11, "dur": 5e4, "pid": 0, "tid": 0}
_LOGS = (
    json.dumps(_BENCH),
    json.dumps({**_BENCH, "sglang": True, "max_concurrency": None}),
    json.dumps([{**_PASS, "args": {"batch_size": 1, "request_ids": [0], "prompt_chunk_lens": [0]}}] * 3),
    json.dumps({"traceEvents": [_PASS, {**_PASS, "ts": 9.1e11}]}),
    '{"t": 0.0, "event": "arrive", "request": "a"}\n{"t": 1.5, "event": "token", "request": "a"}\n'
    '{"t": 2.0, "event": "finish", "request": "a"}\n',
    "t,request,event\n0,a,arrive\n1.5,a,token\n2,a,finish\n",
    "Request Id,request_e2e_time,request_scheduling_delay,prefill_e2e_time,request_inter_arrival_delay,"
    "request_num_prefill_tokens,request_num_decode_tokens\n0_1,2.0,0.1,0.5,,10,3\n0_10,1.0,0.1,0.2,0.25,30,1\n",
    "INFO base_llm_engine.py:69] Initializing an LLM engine with config: model='/hf/Llama', dtype=x\n"
    "INFO base_llm_engine.py:69] EE configs: ee_policy=rebatching, conf_threshold=0.01,\n"
    "Replica 0 processed requests:  25%|##| 1/4 [00:08<13:47,  8.36s/it]\n"
    "INFO benchmark_runner.py:521] Replica 0 processed 400 output tokens. Time taken: 62.91 seconds. "
    "Throughput: 6.36 tokens/sec. Exited rates(#tokens generated via ee vs. non-ee): [100, 301].\n",
)


def _drawings() -> tuple[bytes, ...]:
    """Drawings with a bit of everything: labels, styles, filters, pictures, references, a document type."""
    names = b'xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink"'
    head = b"<svg " + names + b' width="90" height="40">'
    html = b'<foreignObject><div xmlns="http://www.w3.org/1999/xhtml">Queue</div></foreignObject>'
    inner = (
        b"data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 width=%229%22 height=%229%22/%3E"
    )
    bodies = (
        b'<style>.a &gt; rect, #b{fill:none;font-family:Inter}</style><g class="a"><rect width="9"/></g>',
        b"<switch>" + html + b'<text x="4" y="9" font-size="8">Queue</text></switch>',
        b'<filter id="f"><feGaussianBlur stdDeviation="2"/><feTurbulence numOctaves="3"/></filter>'
        b'<g filter="url(#f)" transform="rotate(9)"><use x:href="#s"/></g>'
        b'<symbol id="s"><circle r="9"/></symbol>',
        b'<linearGradient id="l"><stop offset="1"/></linearGradient><pattern id="p" width="1" height="1">'
        b'<path d="M0 0L9 9Z" stroke="url(#l)"/></pattern><rect width="50%" height="9mm" fill="url(#p)"/>',
        b'<image href="' + inner + b'"/>',
    )
    return tuple(head + body + b"</svg>" for body in bodies)


def _fonts() -> tuple[bytes, ...]:
    """Small fonts of both kinds of outlines, cut out of the house's mono, and one with bad tables."""
    from fontTools import subset

    found = []
    for text in ("a", "Ag\u00e9\u2192", "0123456789"):
        options = subset.Options(layout_features=[], hinting=True, notdef_outline=True)
        font = subset.load_font(str(font_files(MONO)[0]), options)
        chosen = subset.Subsetter(options)
        chosen.populate(text=text)
        chosen.subset(font)
        font["name"].names = [name for name in font["name"].names if name.nameID in (1, 2, 4, 6)]
        for name in font["name"].names:
            name.string = "Fuzz"
        held = BytesIO()
        font.save(held)
        found.append(held.getvalue())
    return (*found, found[0].replace(b"glyf", b"CFF "), b"OTTO" + found[1][4:], b"ttcf" + found[2])


def _lettered(path: Path) -> None:
    tried.cache_clear()
    spans("Ag\ue000", SANS, Letters(files=(path,)))


def _drawn(path: Path) -> None:
    art = open_art(path)
    art.raster((0.0, 0.0, art.width, art.height), (32, 24))


def _casts() -> tuple[bytes, ...]:
    events = '[0.1, "o", "$ make\\r\\n"]\n[0.9, "o", "\\u001b[31mred\\u001b[0m"]\n[1.0, "r", "100x30"]\n'
    theme = {"fg": "#ffffff", "bg": "#000000", "palette": ":".join(["#112233"] * 8)}
    heads = (
        {"version": 2, "width": 80, "height": 24, "idle_time_limit": 2, "theme": theme},
        {"version": 3, "term": {"cols": 80, "rows": 24, "theme": theme}},
    )
    first = {"version": 1, "width": 80, "height": 24, "duration": 1.5, "stdout": [[0.5, "a"], [1.0, "b\r\n"]]}
    return (*(f"{json.dumps(head)}\n{events}".encode() for head in heads), json.dumps(first).encode())
