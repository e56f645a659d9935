"""Attacks on the commands that take a project, as a table: what a stranger's project holds.

Every attack is a project with a canary: a file that must not change, a text that must not appear, a port that
nobody may ask, and a clock. `make test` runs one command for each, `make attacks` every command.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from small import ASSETS, SMALL, TABLE, write_project

SECRET = "CANARY-3f9c27"
"""Stands in a file outside of the project; must not appear in anything that a command says or writes."""
MAX_SECONDS, MAX_KIB, MAX_CLOCK = 10.0, 1024 * 1024, 90.0
"""Of processor time, for all processes of a command; of memory, for the largest of them; and on the clock of
a machine that does other things too."""

COMMANDS: dict[str, list[str]] = {
    "list": ["list"],
    "list --json": ["list", "--json"],
    "check": ["check", "small"],
    "check --json": ["check", "--json"],
    "check --sheet": ["check", "small", "--sheet"],
    "render": ["render", "small", "--quality", "draft", "--no-check", "-j", "1"],
    "still": ["still", "small", "--at", "0.5s", "--quality", "draft"],
    "sheet": ["sheet", "small", "--quality", "draft"],
    "assets": ["assets", "small"],
    "fetch": ["assets", "--fetch", "small"],
    "batch": ["batch", "--quality", "draft", "-j", "1", "--keep-going"],
    "stats": ["store", "stats"],
    "verify": ["store", "verify"],
    "kinds": ["kinds"],
    "voice script": ["voice", "script", "small"],
    "voice speak": ["voice", "speak", "small"],
    "export": ["export", "small", "--shot", "opening", "--as", "svg", "-o", "figure.svg"],
}
"""Every command that takes a project and ends by itself; for the attacks on what is shown too."""

_LAUNCHER = """
import ctypes, json, os, resource, subprocess, sys, time
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # What its children leave behind becomes ours, and counts.
begun = time.monotonic()
done = subprocess.run(sys.argv[2:])
seconds, left = time.monotonic() - begun, time.monotonic() + 5
while True:
    try:
        found, _ = os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        break
    if not found and time.monotonic() > left:
        break
    time.sleep(0 if found else 0.05)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as file:
    json.dump([done.returncode, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss], file)
"""
"""Runs a command and writes its exit code, the seconds it took, the processor time of all its processes, and
the memory of the largest of them in KiB: what a busy machine does not change."""


@dataclass
class Trap:
    """Where an attack is made: the project, and what lies outside of it."""

    root: Path
    outside: Path
    port: int

    @property
    def secret(self) -> Path:
        """A file with the secret."""
        return self.outside / "secret.txt"

    def write(self, storyboard: str = SMALL, assets: str = ASSETS, table: str = TABLE) -> None:
        """The small project with other texts."""
        write_project(self.root, storyboard)
        folder = self.root / "assets/small"
        (folder / "data").mkdir(parents=True, exist_ok=True)
        (folder / "assets.yaml").write_text(assets, encoding="utf-8")
        (folder / "data/runs.csv").write_text(table, encoding="utf-8")

    def show(self, kind: str, file: str, data: bytes | None = None) -> Path:
        """A project with one shot of a kind that shows a file; the file's path."""
        board = "storyboard: 1\ntitle: T\ncanvas: {size: 320x180, fps: 10}\nshots:\n"
        board += f"  - {{id: a, kind: {kind}, file: {json.dumps(file)}, duration: 1s}}\n"
        entry = "sources: {s: {kind: measured, citation: C}}\n"
        entry += f"files: {{{json.dumps(file)}: {{shows: it, from: s}}}}\n"
        self.write(board, entry)
        path = self.root / "assets/small" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        if data is not None:
            path.write_bytes(data)
        return path

    def formula(self, formula: str) -> None:
        """A project with one formula."""
        terms = f"{{rule: {{shape: formula, terms: {{left: {json.dumps(formula)}}}}}}}"
        self.write(
            "storyboard: 1\ntitle: T\ncanvas: {size: 320x180, fps: 10}\nshots:\n"
            f"  - id: a\n    kind: diagram\n    nodes: {terms}\n    place: [rule]\n"
            "    beats: [{id: b, duration: 1s, write: rule.left}]\n"
        )


@dataclass(frozen=True)
class Attack:
    """What is planted, and words that `command`, its representative, must end with; none where it goes on."""

    plant: Callable[[Trap], None]
    command: str
    words: str = ""


@dataclass(frozen=True)
class Outcome:
    """How a command ended: its exit code, what it wrote to both outputs, seconds on the clock and of the
    processor, and KiB of its largest process."""

    code: int
    out: str
    err: str
    clock: float
    seconds: float
    kib: int

    @property
    def said(self) -> str:
        """All it wrote."""
        return self.out + self.err

    @property
    def surprises(self) -> list[str]:
        """What no command may end with, whatever the attack."""
        wrong = [f"ended with {self.code}"] if self.code not in range(6) else []
        blames = "Traceback" in self.said or "a mistake in explainers" in self.said
        wrong += [f"its last words: {self.err.strip()[-200:]}"] if blames else []
        wrong += [f"took {self.seconds:.0f} s of processor time"] if self.seconds > MAX_SECONDS else []
        wrong += [f"took {self.clock:.0f} s"] if self.clock > MAX_CLOCK else []
        wrong += [f"said {len(self.said):,} characters"] if len(self.said) > 100_000 else []
        return wrong + ([f"took {self.kib // 1024} MiB"] if self.kib > MAX_KIB else [])


def run(
    arguments: Sequence[str], root: Path, around: Sequence[str] = (), undone: str = "", **environment: str
) -> Outcome:
    """Run a command in a folder and measure it; `around` stands before it. `undone` is Python that takes a
    defence away first: an attack that does nothing without one shows nothing of it."""
    code = ["-c", f"{undone}\nfrom explainers.cli import main; main()"] if undone else ["-m", "explainers"]
    command = [*around, sys.executable, "-P", *code, *arguments]
    with tempfile.TemporaryDirectory(prefix="explainers-attack-") as folder:
        report = Path(folder, "report")
        with subprocess.Popen(
            [sys.executable, "-P", "-c", _LAUNCHER, str(report), *command],
            cwd=root, env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True,
        ) as each:  # fmt: skip
            try:
                out, err = each.communicate(timeout=2 * MAX_CLOCK)
            except subprocess.TimeoutExpired:
                os.killpg(each.pid, signal.SIGKILL)
                out, err = each.communicate()
        known = json.loads(report.read_text()) if report.exists() else [-9, 2 * MAX_CLOCK, 0.0, 0]
    texts = (text.decode("utf-8", "surrogateescape") for text in (out, err))
    return Outcome(known[0], *texts, *known[1:])


def attempt(attack: Attack, command: str, folder: Path, undone: str = "") -> tuple[Outcome, list[str]]:
    """Plant an attack in an empty folder and run a command there; how it ended, and which canaries died."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.setblocking(False)
        trap = Trap(folder / "project", folder / "outside", listening.getsockname()[1])
        trap.outside.mkdir(parents=True)
        trap.secret.write_text(SECRET)
        attack.plant(trap)
        before = _state(trap.outside)
        home = {name: str(folder / "home") for name in ("HOME", "XDG_CACHE_HOME", "EXPLAINERS_CONFIG")}
        outcome = run(COMMANDS[command], trap.root, (), undone, **home)
        return outcome, [*_broken(outcome, trap, before), *_asked(listening)]


def _state(folder: Path) -> list[tuple[str, int, bytes]]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return [(str(path), path.stat().st_mtime_ns, path.read_bytes()) for path in files]


def _broken(outcome: Outcome, trap: Trap, before: object) -> list[str]:
    """What happened that must not."""
    broken = [*outcome.surprises]
    broken += ["changed what lies outside"] if _state(trap.outside) != before else []
    broken += ["said the secret"] if SECRET in outcome.said else []
    for path in trap.root.rglob("*"):
        if path.is_file() and not path.is_symlink() and SECRET.encode() in path.read_bytes():
            broken.append(f"wrote the secret to {path.name}")
    return broken


def _asked(listening: socket.socket) -> list[str]:
    try:
        listening.accept()
    except BlockingIOError:
        return []
    return ["asked the network"]


# -- the table -----------------------------------------------------------------------------------------


def _assets(entry: str) -> Callable[[Trap], None]:
    return lambda trap: trap.write(assets=entry.replace("SECRET", str(trap.secret)))


def _link(place: str, assets: str = ASSETS) -> Callable[[Trap], None]:
    def plant(trap: Trap) -> None:
        trap.write(assets=assets)
        path = trap.root / place
        path.unlink(missing_ok=True)
        path.symlink_to(trap.secret)

    return plant


def _names(trap: Trap) -> None:
    """Files of a sequence whose names are lines of ffmpeg's list of files, or patterns of it."""
    from PIL import Image

    folder = trap.show("capture", "frames")
    folder.mkdir()
    Image.new("RGB", (64, 64), "red").save(trap.outside / "private.png")
    other = str(trap.outside / "private.png").replace("/", "\u2215")
    for name in ("0.png", "1\nfile 'http:\u2215\u222527.png", f"2'\nfile '{other}.png", "%d.png", "*.png"):
        Image.new("RGB", (64, 64), "blue").save(folder / name)


def _gif(trap: Trap) -> None:
    from PIL import Image

    Image.new("P", (16_000, 16_000)).save(trap.show("capture", "large.gif"))


def _playlist(trap: Trap) -> None:
    text = (
        f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1.0,\nhttp://127.0.0.1:{trap.port}/x.ts\n#EXT-X-ENDLIST\n"
    )
    trap.show("capture", "list.mp4", text.encode())


def _svg(body: str) -> Callable[[Trap], None]:
    def plant(trap: Trap) -> None:
        text = body.replace("PORT", str(trap.port)).replace("SECRET", str(trap.secret))
        head = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink" '
        head += 'width="4000" height="4000">'
        trap.show("figure", "figure.svg", f"{head}{text}</svg>".encode())

    return plant


@cache
def _packed() -> bytes:
    """A gzip stream, whole and true, of an SVG of 6 GiB: the same 16 MiB many times over."""
    pack, body = zlib.compressobj(9, zlib.DEFLATED, -15), b"<g/>" * (1 << 22)
    head = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
    # After a full flush a piece refers to nothing before it.
    first = pack.compress(head) + pack.flush(zlib.Z_FULL_FLUSH)
    piece, count = pack.compress(body) + pack.flush(zlib.Z_FULL_FLUSH), 384
    last = pack.compress(b"</svg>") + pack.flush()
    check = zlib.crc32(head)
    for _ in range(count):
        check = zlib.crc32(body, check)
    check, size = zlib.crc32(b"</svg>", check), len(head) + count * len(body) + len(b"</svg>")
    end = struct.pack("<II", check, size & 0xFFFFFFFF)
    return b"\x1f\x8b\x08" + bytes(6) + b"\xff" + first + piece * count + last + end


def _bomb(trap: Trap) -> None:
    trap.show("figure", "figure.svg", _packed())


def _columns(trap: Trap) -> None:
    more, cells = (",".join(each) for each in ((f"c{n}" for n in range(40_000)), ["1"] * 40_000))
    trap.write(table=f"run,tok,{more}\nbefore,100,{cells}\nafter,150,{cells}\n")


def _pipe(trap: Trap) -> None:
    trap.write()
    path = trap.root / "assets/small/data/runs.csv"
    path.unlink()
    os.mkfifo(path)


CAST = '{"version": 2, "width": 80, "height": 24}\n[0.1, "o", "a'
SPOKEN = SMALL.replace("canvas:", "voice: {engine: rehearsal}\ncanvas:").replace(
    'cue: "Beat one."', 'cue: "Beat one.", say: "It gains {gain}."'
)
"""The small project with one line that is said: `second.one`."""


def _said(name: str, plant: Callable[[Trap, Path], None]) -> Callable[[Trap], None]:
    """A project with a line to say, and what `plant` does where its recording would be."""

    def planted(trap: Trap) -> None:
        trap.write(SPOKEN)
        path = trap.root / "assets/small/voice" / name
        path.parent.mkdir(parents=True)
        plant(trap, path)

    return planted


def _calls(trap: Trap, path: Path) -> None:
    entry = f"#EXTINF:1.0,\nhttp://127.0.0.1:{trap.port}/x.ts\n"
    path.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n{entry}#EXT-X-ENDLIST\n")


def _around(trap: Trap) -> None:
    """What libraries look for where a command is run: modules, and settings, which are pipes."""
    trap.write()
    for name in ("signal", "numpy", "sitecustomize", "manim", "threading", "fontTools"):
        (trap.root / f"{name}.py").write_text(f"open({str(trap.secret)!r}, 'w').write('changed')\n")
    for name in ("manim.cfg", "matplotlibrc", "fonts.conf"):
        os.mkfifo(trap.root / name)


def _records(trap: Trap) -> None:
    """Records of a finished video and of a product that a project comes with, as pipes."""
    trap.write()
    for name in ("small/manifest.json", f".store/aa/{'a' * 64}/product.json"):
        path = trap.root / "renders" / name
        path.parent.mkdir(parents=True)
        os.mkfifo(path)


def _links(*places: str) -> Callable[[Trap], None]:
    """Links to what lies outside, in place of what we write, clean or empty. There are a folder
    that its lock says is a dead process's, and a video."""

    def plant(trap: Trap) -> None:
        trap.write()
        (trap.outside / "mine").mkdir()
        for name in ("mine.lock", "mine/kept.txt", "clip.mp4", "manifest.json"):
            (trap.outside / name).write_text("{}")
        for place in places:
            path = trap.root / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.symlink_to(trap.secret if path.suffix in (".png", ".webp", ".svg") else trap.outside)

    return plant


FILTERS = '<feMorphology operator="dilate" radius="200"/><feGaussianBlur stdDeviation="300"/>' * 600
READS_SECRET = 'std.eval("read(\\"/etc/hostname\\")")'
_FILES = "sources: {s: {kind: measured, citation: C}}\nfiles: {NAME: {shows: it, from: s, url: 'https://127.0.0.1:1/x'}}\n"

ATTACKS: dict[str, Attack] = {
    "a formula that runs code": Attack(lambda trap: trap.formula(READS_SECRET), "check", "'std'"),
    "a formula that hides code behind a quote": Attack(
        lambda trap: trap.formula('"a\\\n" std.eval("1")'), "check", "'std'"
    ),
    "a formula that imports a package": Attack(
        lambda trap: trap.formula('#import "@preview/x:0.1.0"'), "check", "no code"
    ),
    "names that ffmpeg would read as its list": Attack(_names, "render"),
    "a playlist that names an address": Attack(_playlist, "render", "list.mp4"),
    "a GIF of 16,000 x 16,000": Attack(_gif, "check", "120,000,000 pixels"),
    "an SVG of 6 GiB, packed": Attack(_bomb, "render", "figure.svg"),
    "filters of an SVG without end": Attack(
        _svg(f'<filter id="f">{FILTERS}</filter><rect width="4000" height="4000" filter="url(#f)"/>'),
        "render",
        "is given up",
    ),
    "an SVG that asks for an address": Attack(
        _svg('<image x:href="http://127.0.0.1:PORT/x.png" width="9" height="9"/>'), "render", "not opened"
    ),
    "an SVG that shows a file": Attack(
        _svg('<!DOCTYPE svg [<!ENTITY a SYSTEM "file://SECRET">]><text>&a;</text>'), "render", "figure.svg"
    ),
    "an SVG whose text is turned round": Attack(
        _svg("<text x='9' y='99' font-size='40'>&#x202e;100 x faster</text>"), "check", "U+202E"
    ),
    "a table of 40,000 columns": Attack(_columns, "check", "40,002 columns"),
    "a letter with 100,000 accents in a terminal": Attack(
        lambda trap: trap.show("terminal", "a.cast", (CAST + "\u0301" * 100_000 + '"]\n').encode()), "render"
    ),
    "a letter with 100,000 accents": Attack(
        lambda trap: trap.write(table=TABLE + "a" + "\u0301" * 100_000 + ",3\n"), "check", "16 accents"
    ),
    "a file outside that is declared": Attack(
        _assets(_FILES.replace("NAME", "SECRET")), "assets", "leads out of"
    ),
    "a device that is declared": Attack(
        _assets(_FILES.replace("NAME", "/dev/zero")), "assets", "leads out of"
    ),
    "a link to where a download would go": Attack(
        lambda trap: (_assets(_FILES.replace("NAME", "x.bin"))(trap), _link("assets/small/x.bin.part")(trap)),
        "fetch",
    ),
    "a table that is a link out": Attack(_link("assets/small/data/runs.csv"), "check", "leads out of"),
    "a storyboard that is a link out": Attack(_link("scenes/small/storyboard.yaml"), "check", "leads out of"),
    "a pipe for a table": Attack(_pipe, "check", "a pipe"),
    "a recording that is a link out": Attack(
        _said("second.one.wav", lambda trap, path: path.symlink_to(trap.secret)),
        "voice speak",
        "leads out of",
    ),
    "a recording that names an address": Attack(_said("second.one.wav", _calls), "voice speak", "no sound"),
    "a pipe for a recording": Attack(
        _said("second.one.wav", lambda trap, path: os.mkfifo(path)), "voice speak", "second.one.wav"
    ),
    "a voice that is a file": Attack(
        lambda trap: trap.write(SPOKEN.replace("rehearsal}", f"espeak-ng, voice: {trap.secret}}}")),
        "voice speak",
        "expected a name",
    ),
    "modules and settings where a command is run": Attack(_around, "export"),
    "links in place of our own folders": Attack(
        _links("renders/.store/.aside", "renders/small/.aside", "assets/small/.aside"), "render"
    ),
    "links in place of pictures that we write": Attack(
        _links("renders/small/sheet.png", "renders/small/check.png", "renders/small/stills"), "still"
    ),
    "a folder of a finished video that is a link out": Attack(_links("renders/small"), "list", "leads out"),
    "a store that is a link out": Attack(_links("renders/.store"), "render", "leads out"),
    "a cell of 7 MB": Attack(
        lambda trap: trap.write(table=TABLE.replace("100", "x" * 7_000_000)), "check", "7,000,"
    ),
    "pipes for records of finished videos": Attack(_records, "list", "not rendered"),
}


def main(words: Sequence[str]) -> int:
    """`python attacks.py [COMMAND...]`: every attack on every command, as a table; 1 where a canary died."""
    failed = 0
    print("| attack | commands that held | processor | memory |\n|---|---|---|---|")
    for name, attack in ATTACKS.items():
        outcomes, bad = [], []
        for command in words or COMMANDS:
            with tempfile.TemporaryDirectory(prefix="explainers-attack-") as folder:
                outcome, broken = attempt(attack, command, Path(folder))
            outcomes.append(outcome)
            bad += [f"**{command}: {', '.join(broken)}**"] if broken else []
        failed += len(bad)
        most = max(each.seconds for each in outcomes), max(each.kib for each in outcomes) // 1024
        held = "; ".join([f"{len(outcomes) - len(bad)} of {len(outcomes)}", *bad])
        print(f"| {name} | {held} | {most[0]:.1f} s | {most[1]} MiB |", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
