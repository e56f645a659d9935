"""The processes of a command in a session of its own, and what they began, also where that has another."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Family:
    """The processes of the session `leader`, and all that any of them began."""

    leader: int
    _known: set[tuple[int, str]] = field(default_factory=set)
    """Processes that were among them, by id and start; bubblewrap gives what it shuts off its own session."""

    def now(self) -> dict[int, str]:
        """The command lines of those that run, by process id; a name in brackets where there is none."""
        every: dict[int, tuple[int, int, str, str]] = {}
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit():
                continue
            with suppress(OSError, IndexError, ValueError):
                stat = (folder / "stat").read_text()
                name, rest = stat.partition("(")[2].rpartition(")")[0], stat.rpartition(")")[2].split()
                if rest[0] != "Z":
                    every[int(folder.name)] = int(rest[1]), int(rest[3]), rest[19], name
        family = {
            process
            for process, (_, session, start, _) in every.items()
            if session == self.leader or (process, start) in self._known
        }
        while more := {process for process, (parent, *_) in every.items() if parent in family} - family:
            family |= more
        self._known |= {(process, every[process][2]) for process in family}
        found = {}
        for process in family:
            with suppress(OSError):
                line = (Path("/proc") / str(process) / "cmdline").read_bytes().replace(b"\0", b" ")
                found[process] = line.decode(errors="replace") or f"[{every[process][3]}]"
        return found


def conforming(now: dict[int, str]) -> list[int]:
    """Each ffmpeg itself that conforms a capture, not what holds it: setpriv, prlimit and bubblewrap."""
    lines = {process: words for process, words in now.items() if "-filter_complex" in words}
    return [process for process, words in lines.items() if "ffmpeg" in Path(words.split()[0]).name]
