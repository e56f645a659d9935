"""What the tests embed: small real videos with manifests, races of real logs, and a page like an author's."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

from embed_commands import explainers
from simulate import Simulation, simulate

from explainers.ffmpeg import executable
from explainers.kinds.race import RaceKind
from explainers.plan import load_plan
from explainers.project import Project, find_project
from explainers.runs.format import save_run

SECONDS, FPS, WIDTH, HEIGHT = 6, 30, 640, 360

PAGE = """---
title: Bio
type: bio
---
## Research Interests

I build systems for serving models. A double  space, a trailing one \nand `code` stay as they are.

## Projects

### Dynamic Rebatching for Efficient Early-Exit Inference with DREX

---

**Background:** tokens that are easy leave early.

* **Algorithm design**: contributed to the design.

// create video here: side by side execution of the same dataset (key design figures, sped up running)

### **PennOS**

* Kernel and scheduler

### **Application of Convolutional Neural Network for Semantic Segmentation of Bandung Urban Scenes**

**Background:** streets of Bandung.

// put video here: data collection, modeling, experiments, and app design
"""
"""Front matter, headings, two placeholders with different verbs; the last line ends with a newline."""

SETTINGS = """
[tool.explainers.site]
base_url = "https://example.org"
upload_date = 2026-01-05
name = "An Author"
language = "en"
"""

RACES = """
storyboard: 1
title: A race of two runs
shots:
  - id: tracks
    kind: race
    layout: corner
    statement: "The same articles for both\\n{=Llama-2-70B}, one GPU"
    clock: [{speed: 40x, until: "1:00"}, {speed: 10x}]
    tracks:
      - {run: off, label: No early exit, caption: "every token, every layer", hatched: true}
      - {run: drex, label: DREX, role: ours, caption: each request decides for itself}
    unit: articles
    gap: {run: off, over: drex}
    cell: 4
    every: 10s
    remark: untrained exit head
  - id: served
    kind: race
    title: Two schedulers at work
    clock: {speed: 0.5x}
    panes:
      - {run: full, label: No early exit}
      - {run: early, label: DREX, role: ours}
    views: [lanes, latency, output_tokens, throughput, early_exit_share, involuntary_exits]
  - id: won
    kind: race
    layout: corner
    title: What each won and paid
    clock: {speed: 40x}
    tracks:
      - {run: off, label: No early exit, tags: {finish: fastest}, flag: fewest tokens}
      - {run: drex, label: DREX, role: ours, filled: [rate]}
    unit: articles
    cards:
      table: totals
      key: run
      baseline: off
      cells:
        - {id: rate, heading: tokens/s, value: tokens / seconds, format: .1f, scale: [0, 150], change: +.1%}
        - {id: early, heading: left early, value: left / tokens, format: .0%, scale: [0, 0.2], mark: dot}
"""
RUNS = "  full: {file: full.run.jsonl, source: logs}\n  early: {file: early.run.jsonl, source: logs}\n"

VIDEOS: dict[str, dict[str, Any]] = {
    "drex": {
        "title": "DREX: dynamic rebatching for early-exit inference",
        "description": "How DREX refills batches when tokens exit early, and what that gains.",
        "color": "0x1f3a5f",
        "codecs": "avc1.64001e",
    },
    "segmentation": {
        "title": "Semantic segmentation of Bandung streets",
        "description": "From driving footage to a labelled street scene.",
        "color": "0x14532d",
        "codecs": "avc1.64001e",
    },
}


def make_renders(folder: Path, names: tuple[str, ...] = ("drex", "segmentation")) -> Path:
    """`folder` as a `renders/` with finished videos in it, as `explainers render` leaves them."""
    for name in names:
        make_video(folder / name, name, **VIDEOS[name])
    return folder


def make_video(
    folder: Path,
    name: str,
    title: str,
    description: str,
    color: str,
    codecs: str,
    size: tuple[int, int] = (WIDTH, HEIGHT),
    **more: Any,
) -> Path:
    """One video's folder: H.264, poster, captions, chapters, transcript, manifest. `size` is in pixels."""
    folder.mkdir(parents=True, exist_ok=True)
    film(folder, _box(color, *size))
    (folder / "captions.en.vtt").write_text(
        "WEBVTT\n\n00:00:00.500 --> 00:00:02.000 line:70%\nEasy tokens leave.\n\n"
        "00:00:02.000 --> 00:00:05.500 line:70%\nHard ones wait &amp; are rebatched.\n",
        encoding="utf-8",
    )
    (folder / "chapters.en.vtt").write_text(
        "WEBVTT\n\n00:00:00.000 --> 00:00:03.000\nDesign\n\n00:00:03.000 --> 00:00:06.000\nRace\n",
        encoding="utf-8",
    )
    (folder / "transcript.md").write_text(f"# {title}\n", encoding="utf-8")
    record = manifest_of(folder, name, title, description, codecs) | more
    for one in (record, record["renditions"][0], record["poster"]):
        one |= {"width": size[0], "height": size[1]}
    (folder / "manifest.json").write_text(
        json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    return folder


def _box(color: str, width: int = WIDTH, height: int = HEIGHT) -> str:
    """A flat picture with a box that moves: small, and different in every second."""
    size = f"s={width}x{height}:r={FPS}:d={SECONDS}"
    box = f"color=0xe69f00:s=120x120:r={FPS}:d={SECONDS}"
    return f"color={color}:{size}[b];{box}[o];[b][o]overlay=x='60+80*t':y=120,format=yuv420p"


def film(folder: Path, graph: str) -> None:
    """`video.mp4` and the posters of what a filter graph shows."""
    video = ["-c:v", "libx264", "-crf", "20", "-g", "60", "-threads", "1", "-movflags", "+faststart"]
    _run("-f", "lavfi", "-i", graph, *video, str(folder / "video.mp4"))
    still = ["-ss", "3", "-i", str(folder / "video.mp4"), "-frames:v", "1"]
    _run(*still, "-update", "1", str(folder / "poster.jpg"))
    _run(*still, "-update", "1", str(folder / "poster.webp"))


def _run(*arguments: str) -> None:
    subprocess.run(
        [str(executable()), "-v", "error", "-nostdin", "-y", *arguments], check=True, capture_output=True
    )


def manifest_of(folder: Path, name: str, title: str, description: str, codecs: str) -> dict[str, Any]:
    """A manifest of the first version for the files in `folder`."""
    film = (folder / "video.mp4").read_bytes()
    return {
        "manifest": "manifest/1",
        "video": name,
        "title": title,
        "description": description,
        "authors": ["Ann Áuthor", "Bo Writer"],
        "paper": {"title": "Early exits", "venue": "arXiv:2512.00001, 2025", "url": "https://example.org/p"},
        "language": "en",
        "content_id": f"id-{name}",
        "theme": "ink",
        "duration_s": float(SECONDS),
        "frames": SECONDS * FPS,
        "fps": FPS,
        "width": WIDTH,
        "height": HEIGHT,
        "renditions": [
            {
                "file": "video.mp4",
                "type": "video/mp4",
                "codecs": codecs,
                "width": WIDTH,
                "height": HEIGHT,
                "fps": FPS,
                "captions": "track",
                "bytes": len(film),
                "sha256": hashlib.sha256(film).hexdigest(),
            }
        ],
        "poster": {
            "jpg": "poster.jpg",
            "webp": "poster.webp",
            "width": WIDTH,
            "height": HEIGHT,
            "alt": title,
        },
        "captions": [{"file": "captions.en.vtt", "language": "en", "default": True, "cues": 2}],
        "cues": [
            {"start_s": 0.5, "end_s": 2.0, "text": "Easy tokens leave."},
            {"start_s": 2.0, "end_s": 5.5, "text": "Hard ones wait & are rebatched."},
        ],
        "chapters_file": "chapters.en.vtt",
        "chapters": [{"start_s": 0.0, "title": "Design"}, {"start_s": 3.0, "title": "Race"}],
        "shots": [
            {
                "id": "design",
                "kind": "diagram",
                "title": "Design",
                "statement": "Easy ones leave.",
                "start_s": 0.0,
                "end_s": 3.0,
            },
            {
                "id": "race",
                "kind": "race",
                "title": "Race",
                "statement": "DREX writes 8.3% more.",
                "start_s": 3.0,
                "end_s": 6.0,
                "results": [{"start_s": 1.0, "text": "Early exits: done 1:44 sooner"}],
                "sources": ["logs"],
            },
        ],
        "facts": [
            {
                "name": "gain",
                "value": 0.083,
                "text": "+8.3%",
                "unit": None,
                "expression": "tok_s / off - 1",
                "table": None,
                "where": {},
                "sources": ["logs"],
            },
            {
                "name": "tok_s",
                "value": 122.06,
                "text": "122.1",
                "unit": "tok/s",
                "expression": "throughput_tok_s",
                "table": "runs",
                "where": {"run": "a100-70b-drex"},
                "sources": ["logs"],
            },
            {
                "name": "off",
                "value": 112.75,
                "text": "112.8",
                "unit": "tok/s",
                "expression": "throughput_tok_s",
                "table": "runs",
                "where": {"run": "a100-70b-off"},
                "sources": ["logs"],
            },
        ],
        "numbers": [
            {
                "start_s": 3.0,
                "text": "8.3%",
                "words": "DREX writes 8.3% more.",
                "expression": "gain",
                "facts": ["gain"],
            }
        ],
        "sources": [
            {
                "name": "logs",
                "kind": "measured",
                "citation": "Run logs, 2025",
                "url": "https://example.org/logs",
            }
        ],
    }


def make_raced(root: Path) -> Project:
    """A project with three races and a finished film of six seconds, whose first shot is the first race."""
    files = dict(RaceKind.example_files)
    assets = root / "assets/pair"
    (assets / "data").mkdir(parents=True)
    for name, content in files.items():
        (assets / name).write_text(str(content) + (RUNS if name == "assets.yaml" else ""))
    full = Simulation(policy="off", requests=24, mean_output_tokens=20)
    save_run(simulate(full), assets / "full.run.jsonl")
    early = Simulation(policy="rebatching", requests=24, mean_output_tokens=20, exit_share=0.3)
    save_run(simulate(early), assets / "early.run.jsonl")
    (root / "scenes/pair").mkdir(parents=True)
    (root / "scenes/pair/storyboard.yaml").write_text(RACES)
    (root / "pyproject.toml").write_text("[tool.explainers]\n")
    project = find_project(root)
    plan = load_plan(project, "pair")
    starts = {shot.id: plan.start_frames[shot.id] / shot.canvas.fps for shot in plan.shots}
    shots = [
        {"id": name, "kind": "race", "start_s": start_s, "end_s": max(6.0, start_s + 3.0)}
        for name, start_s in starts.items()
    ]
    make_video(
        root / "renders/pair", "pair", "A race of two runs", "", "0x1f3a5f", "avc1.64001e", shots=shots
    )
    for name in starts:
        ran = explainers("--project", root, "embed", "race", f"pair:{name}")
        assert ran.code == 0 and "put race here: pair" in ran.out, ran.err
    return project
