"""Attacks on what is shown: forged products, names and texts that steer or forge, secrets, and last words.

`ATTACKS` is the table: what is laid out, what must not happen, and the outcome in a sentence. Each is run
with every command of `attacks.COMMANDS` by `python attacks_output.py` (`make attacks`), which prints the
table for docs/security.md; with one command each by the tests.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from attacks import COMMANDS, Outcome, run
from small import ASSETS, SMALL, write_project

MARKER = "FORGED"
"""What must not begin a line, and not stand behind a character that steers."""

_STEERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2066-\u2069\U000e0000-\U000e007f]")


@dataclass
class Ground:
    """A small project, a configuration, and a file outside that nobody may change."""

    root: Path

    def __post_init__(self) -> None:
        self.project, self.config = self.root / "project", self.root / "config"
        self.canary = self.root / "canary"
        self.canary.write_text("untouched")
        write_project(self.project)

    @property
    def storyboard(self) -> Path:
        return self.project / "scenes/small/storyboard.yaml"

    @property
    def assets(self) -> Path:
        return self.project / "assets/small/assets.yaml"

    def run(self, *command: str, wrapped: str = 'exec "$@"', undone: str = "", **environment: str) -> Outcome:
        """What a command says, run in the project's folder by a shell that may close or limit something."""
        known = {"EXPLAINERS_CONFIG": str(self.config), **environment}
        return run(command, self.project, ["/bin/bash", "-c", wrapped, "bash"], undone, **known)

    def broken(self, said: Outcome) -> str | None:
        """What of an answer must not be, whatever the attack."""
        if said.surprises:
            return ", ".join(said.surprises)
        if found := _STEERS.search(said.said):
            return f"U+{ord(found[0]):04X} was printed"
        if any(line.startswith(MARKER) for line in said.said.split("\n")):
            return "a line was forged"
        return None if self.canary.read_text() == "untouched" else "the canary was changed"


@dataclass(frozen=True)
class Attack:
    """`lay` prepares the ground; `wrong` says what an answer must not be, besides what none may be. `wrapped`
    is the shell's command around ours."""

    name: str
    outcome: str
    lay: Callable[[Ground], object]
    wrong: Callable[[Ground, Outcome], str | None] = lambda ground, said: None
    command: tuple[str, ...] = ("check",)
    wrapped: str = 'exec "$@"'
    environment: tuple[tuple[str, str], ...] = ()

    def run(self, ground: Ground, command: tuple[str, ...] | None = None) -> str | None:
        """What went wrong with a command, its usual one without; None where it held."""
        said = ground.run(*(command or self.command), wrapped=self.wrapped, **dict(self.environment))
        return ground.broken(said) or self.wrong(ground, said)


def _folders(ground: Ground) -> None:
    for name in (
        "javascript:alert(1)",
        ".store",
        "index.html",
        "con",
        "a\\b",
        f"x\n{MARKER}",
        "\x1b[2Jx",
        "e\u202ex",
        os.fsdecode(b"\xff\xfe"),
    ):
        folder = ground.project / "scenes" / name
        folder.mkdir()
        (folder / "storyboard.yaml").write_text(SMALL)
    for name, make in {
        "pipe": os.mkfifo,
        "folder": os.mkdir,
        "loop": lambda path: path.symlink_to(path),
    }.items():
        (ground.project / "scenes" / name).mkdir()
        make(ground.project / "scenes" / name / "storyboard.yaml")


def _others_go_on(ground: Ground, said: Outcome) -> str | None:
    return None if "small" in said.said else "the good video was not come to"


def _title(text: str) -> Callable[[Ground], object]:
    return lambda ground: ground.storyboard.write_text(
        SMALL.replace("Two small cards", text), encoding="utf-8"
    )


def _refused(what: str) -> Callable[[Ground, Outcome], str | None]:
    return lambda ground, said: None if said.code == 3 or what in said.said else "it was taken"


def _source(**fields: str) -> Callable[[Ground], object]:
    def lay(ground: Ground) -> None:
        lines = "".join(f'    {name}: "{text}"\n' for name, text in fields.items())
        ground.assets.write_text(
            ASSETS.replace("sources:\n", f"sources:\n  bad:\n    kind: measured\n{lines}")
        )

    return lay


def _files(ground: Ground) -> None:
    """Files whose names have lines of their own, in a folder that the storyboard shows."""
    folder = ground.project / "assets/small/frames"
    folder.mkdir()
    (folder / f"1\n{MARKER}: 0 errors.png").write_bytes(b"no picture")
    board = SMALL + '  - {id: third, kind: capture, duration: 2s, file: "frames"}\n'
    ground.storyboard.write_text(board)


def _transcript_is_plain(ground: Ground, said: Outcome) -> str | None:
    path = ground.project / "renders/small/transcript.md"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    bad = ("<javascript:", "<script", "](http", "\nFORGED")
    return next((f"the transcript holds {one!r}" for one in bad if one in text), None)


def _forged_store(ground: Ground) -> None:
    """The store as a stranger would ship it: every still another picture, under the stranger's key."""
    stranger = str(ground.root / "stranger")
    ground.run("render", "small", "--quality", "draft", "-j", "1", "--no-check", EXPLAINERS_CONFIG=stranger)
    from io import BytesIO

    from PIL import Image

    from explainers.digest import digest_file
    from explainers.render.store import RECORD, Store, kept

    store = Store(ground.project / "renders/.store", (Path(stranger) / "store.key").read_text().strip())
    red = BytesIO()
    Image.new("RGB", (320, 180), "#ff0000").save(red, "PNG")
    for product in kept(store):
        record = store.opened((product.folder / RECORD).read_bytes())
        for name in record["files"]:
            path = product.folder / name
            if name.endswith(".png"):
                path.write_bytes(red.getvalue())
            elif name.startswith("poster"):
                Image.new("RGB", (320, 180), "#ff0000").save(path)
            record["files"][name] = {"bytes": path.stat().st_size, "sha256": digest_file(path)}
        (product.folder / RECORD).write_bytes(store.sealed(record))
    poster = ground.project / "renders/small/poster.jpg"
    poster.unlink(missing_ok=True)


def _poster_is_ours(ground: Ground, said: Outcome) -> str | None:
    import numpy as np
    from PIL import Image

    for name in ("poster.jpg", "sheet.png"):
        path = ground.project / "renders/small" / name
        if path.exists():
            pixels = np.asarray(Image.open(path).convert("RGB")).astype(int)
            if ((pixels[..., 0] > 200) & (pixels[..., 1] < 60)).mean() > 0.2:
                return f"{name} shows the stranger's picture"
    return None


def _nothing(ground: Ground) -> None:
    """The project as it is."""


def _line_separator(ground: Ground) -> None:
    ground.storyboard.write_text(SMALL.replace("canvas:", "# a\u2028b\ncanvas:"), encoding="utf-8")


def _in_its_line(ground: Ground, said: Outcome) -> str | None:
    line = SMALL.split("\n").index("canvas: {size: 320x180, fps: 10}") + 1
    return None if f"storyboard.yaml:{line}:" in said.said else "the place is another line's"


def _digits(ground: Ground) -> None:
    ground.storyboard.write_text(
        SMALL.replace("A statement.", "It is \u2468 times, x\u2079, \u2168 and \u00bd.")
    )


def _found(ground: Ground, said: Outcome) -> str | None:
    count = said.out.count("typed-digit")
    return None if count >= 4 else f"{count} of 4 digits were found"


def _read_only(ground: Ground) -> None:
    (ground.project / "renders").write_text("a file where a folder should be")


def _leftovers(ground: Ground) -> None:
    """What a command that was killed has left in the folder for temporary files."""
    code = (
        "import os; from explainers.scratch import private_temporary_folder as own; own();"
        "open(os.environ['TMPDIR'] + '/left', 'w').close(); os._exit(9)"
    )
    (ground.root / "tmp").mkdir()
    known = {**os.environ, "TMPDIR": str(ground.root / "tmp")}
    subprocess.run([sys.executable, "-c", code], env=known, check=False)
    assert list((ground.root / "tmp").rglob("left"))


def _cleaned(ground: Ground, said: Outcome) -> str | None:
    # Each command is given the folder by `wrapped`.
    return "the leftovers are there" if list((ground.root / "tmp").rglob("left")) else None


ATTACKS: tuple[Attack, ...] = (
    Attack(
        "a store that came with the project, its pictures forged",
        "ignored and said; everything is drawn",
        _forged_store,
        _poster_is_ours,
        ("render", "small", "--quality", "draft", "-j", "1", "--no-check"),
    ),
    Attack(
        "folders named `javascript:…`, `.store`, `index.html`, `con`, `a\\b`, with line ends, escapes, no "
        "UTF-8; storyboards that are pipes, folders, loops",
        "each refused with the rule; the others go on",
        _folders,
        _others_go_on,
        ("list",),
    ),
    Attack("a title with an escape sequence", "refused", _title("\\e]0;x\\a"), _refused("U+001B")),
    Attack("a title with a bidi override", "refused", _title("\\u202eabc"), _refused("U+202E")),
    Attack("a title with invisible tags", "refused", _title("a\\U000e0041"), _refused("U+E0041")),
    Attack(
        "a source whose citation has lines of its own",
        "its line ends are written out",
        _source(citation=f"x\\n{MARKER}: 0 errors", url="https://example.org"),
        command=("check",),
    ),
    Attack(
        "a source with a `javascript:` address, and HTML as citation",
        "words, no link",
        _source(citation="<script>x</script>", url="javascript:alert(1)"),
        _transcript_is_plain,
        ("render", "small", "--quality", "draft", "-j", "1", "--no-check"),
    ),
    Attack("names of files with line ends", "written out", _files, command=("check",)),
    Attack("U+2028 in a storyboard", "refused in the line where it is", _line_separator, _in_its_line),
    Attack("`⑨`, `x⁹`, `Ⅸ`, `½` typed", "typed digits like others", _digits, _found),
    Attack(
        "standard output closed", "nothing is printed", _nothing, command=("list",), wrapped='exec "$@" >&-'
    ),
    Attack("all standard streams closed", "it works", _nothing, wrapped='exec "$@" <&- >&- 2>&-'),
    Attack(
        "standard output full",
        "exit code 5 and a sentence",
        _nothing,
        lambda ground, said: None if said.code in (1, 2, 3, 5) else f"it ended with {said.code}",
        ("list",),
        'exec "$@" > /dev/full',
    ),
    Attack("no PATH and no HOME", "it works", _nothing, wrapped='unset PATH HOME; exec "$@"'),
    Attack(
        "300 MB of memory",
        "works, or says so",
        _nothing,
        command=("batch",),
        wrapped='ulimit -v 300000; exec "$@"',
    ),
    Attack("a file in place of `renders/`", "says so", _read_only, command=("render", "small", "-j", "1")),
    Attack(
        "an ASCII terminal",
        "what it can't show is written out",
        _title("Zw\u00f6lf \u2192"),
        command=("list",),
        environment=(("PYTHONIOENCODING", "ascii"), ("LC_ALL", "C")),
    ),
    Attack(
        "temporary files of a killed command",
        "removed by the next one",
        _leftovers,
        _cleaned,
        ("list",),
        'TMPDIR="$PWD/../tmp" exec "$@"',
    ),
    Attack("a key of four characters", "refused", _nothing, environment=(("EXPLAINERS_STORE_KEY", "1234"),)),
)


def main(words: list[str]) -> int:
    """Every attack with every command, or with those that are named; prints the table. The exit code is 1
    where something did not hold."""
    chosen = [tuple(COMMANDS[word]) for word in words or COMMANDS]
    bad = 0
    print("| attack | outcome | commands that held |\n|---|---|---|")
    for attack in ATTACKS:
        failed, commands = [], list(dict.fromkeys((attack.command, *chosen)))
        for command in commands:
            with tempfile.TemporaryDirectory() as folder:
                ground = Ground(Path(folder))
                attack.lay(ground)
                # What a command must say is known of its usual one; of the others, what none may do.
                said = ground.run(*command, wrapped=attack.wrapped, **dict(attack.environment))
                wrong = attack.wrong(ground, said) if command == attack.command else None
                if why := ground.broken(said) or wrong:
                    failed.append(f"**{' '.join(command)}: {why}**")
        bad += len(failed)
        held = "; ".join([f"{len(commands) - len(failed)} of {len(commands)}", *failed])
        print(f"| {attack.name} | {attack.outcome} | {held} |", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
