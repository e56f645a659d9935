"""Projects as an enemy would send them, planned in a child with bounds on time and memory."""

from __future__ import annotations

import multiprocessing
import resource
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explainers.errors import ExplainersError
from explainers.plan import load_plan
from explainers.project import find_project

from small import write_project  # isort: skip

MAX_MIB, MAX_SECONDS = 500, 5


@dataclass(frozen=True)
class Answer:
    """The exit code and the message a command would end with; -9 where a bound was broken."""

    code: int
    said: str


def plan(root: Path) -> Answer:
    """The small project at `root` read, resolved and planned, in a child of at most MAX_MIB and MAX_SECONDS
    (of processor time) more than it begins with.
    """
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=_planned, args=(root, there))
    child.start()
    there.close()
    answer = here.recv() if here.poll(60) else None
    child.kill()
    child.join()
    return answer or Answer(-9, "killed")


def _planned(root: Path, answers: Any) -> None:
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MAX_MIB * 1024 * 1024,) * 2)
    spent = int(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]))
    resource.setrlimit(resource.RLIMIT_CPU, (spent + MAX_SECONDS + 1,) * 2)
    try:
        load_plan(find_project(root), "small")
        answers.send(Answer(0, ""))
    except ExplainersError as error:
        answers.send(Answer(error.exit_code, str(error)))
    except BaseException:
        answers.send(Answer(5, traceback.format_exc()))


def project(root: Path, **files: str | bytes) -> Path:
    """The small project with `storyboard`, `assets` or `table` replaced."""
    write_project(root)
    paths = {
        "storyboard": root / "scenes/small/storyboard.yaml",
        "assets": root / "assets/small/assets.yaml",
        "table": root / "assets/small/data/runs.csv",
    }
    for name, content in files.items():
        data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        paths[name].write_bytes(data)
    return root
