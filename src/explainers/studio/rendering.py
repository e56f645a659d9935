"""Rendering from the page: a process of its own that reports shot by shot, and ends when it is cancelled.

It is `explainers render`: the same plan, store, referee and publication. A killed one loses nothing that
was finished and publishes nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from time import monotonic
from typing import Any

from explainers.errors import ExplainersError
from explainers.project import Project
from explainers.studio.look import Look, StudioProject

_SPAWN = multiprocessing.get_context("spawn")
TELL_EVERY_S = 0.1


class Render:
    """The render that runs, or ran last. `tell` gives its facts to every page."""

    def __init__(self, tell: Callable[..., None]):
        self._tell_pages = tell
        self.facts: dict[str, Any] = {"state": "none"}
        self._worker: Any = None

    @property
    def running(self) -> bool:
        return self.facts["state"] == "running"

    def begin(self, studio: StudioProject, look: Look, quality: str) -> None:
        """Begin to render; ExplainersError where one runs."""
        if self.running:
            raise ExplainersError(f"{self.facts['video']} is being rendered; cancel that first")
        self.facts = {"state": "running", "video": look.video, "quality": quality, "shots": [], "said": []}
        ours, theirs = _SPAWN.Pipe(duplex=False)
        self._worker = _SPAWN.Process(target=run, args=(theirs, studio, look, quality), name="studio render")
        self._worker.start()
        theirs.close()
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._listen, args=(ours, self._worker, loop), daemon=True).start()
        self._tell()

    def cancel(self) -> None:
        """End the render that runs, and its workers."""
        if self.running:
            self.facts["state"] = "cancelled"
            self.close()
            self._tell()

    def close(self) -> None:
        """End the process, if there is one, without a word to the pages."""
        worker = self._worker
        if worker is not None and worker.is_alive():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                # The render leads a group of its own once it has begun.
                if os.getpgid(worker.pid) == worker.pid:
                    os.killpg(worker.pid, signal.SIGKILL)
            worker.kill()
            worker.join(timeout=5)

    def _listen(self, pipe: Any, worker: Any, loop: asyncio.AbstractEventLoop) -> None:
        with contextlib.suppress(EOFError, OSError, RuntimeError):
            while True:
                loop.call_soon_threadsafe(self._take, worker, *pipe.recv())
        worker.join()
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(self._take, worker, "ended", worker.exitcode)

    def _take(self, worker: Any, what: str, facts: Any) -> None:
        if worker is not self._worker or not self.running:
            return
        if what == "ended":
            self.facts |= {"state": "failed", "message": f"the render died (exit code {facts})"}
        elif what == "progress":
            done = {shot["id"]: shot for shot in self.facts["shots"]}
            for shot_id, frames, of, finished in facts:
                if shot_id in done:
                    done[shot_id] |= {"done": frames, "of": of, "finished": finished}
        else:
            self.facts |= facts
        self._tell()

    def _tell(self) -> None:
        self._tell_pages(None, "render", render=self.facts)


def folder_of(project: Project, look: Look) -> Any:
    """Where a look is published: the video's own folder, or one in it for another one."""
    own = project.renders_dir(look.video)
    return own if look.is_own else own / "looks" / look.slug


def run(pipe: Any, studio: StudioProject, look: Look, quality: str) -> None:
    """Render in this process and tell it to `pipe`: facts to add, or progress."""
    with contextlib.suppress(OSError):
        os.setsid()
    os.nice(2)
    try:
        facts = {"state": "done", **_rendered(pipe, studio, look, quality)}
    except ExplainersError as error:
        facts = {"state": "failed", "message": str(error)}
    except Exception as error:
        facts = {"state": "failed", "message": f"{type(error).__name__}: {error}"}
    pipe.send(("facts", facts))


def _rendered(pipe: Any, studio: StudioProject, look: Look, quality: str) -> dict[str, Any]:
    """Render and publish; what the page is told of the result."""
    from explainers.plan import Variant
    from explainers.render.pipeline import Listener, Request, run

    class Reporter(Listener):
        """Sends what will be done, what the referee says, and progress a few times a second."""

        def __init__(self) -> None:
            self.lines: list[str] = []
            self._last = 0.0
            self._news: dict[str, tuple[str, int, int, bool]] = {}

        def say(self, line: str) -> None:
            self.lines.append(line)

        def begun(self, video: str, shots: Any) -> None:
            rows = [
                {"id": shot.id, "outcome": shot.outcome, "reason": shot.reason, "done": 0, "of": shot.frames}
                | {"finished": shot.outcome == "reused"}
                for shot in shots
            ]
            pipe.send(("facts", {"shots": rows}))

        def progress(self, video: str, progress: Any) -> None:
            finished = progress.finished and progress.frames > 0
            self._news[progress.shot_id] = progress.shot_id, progress.done, progress.frames, finished
            if monotonic() - self._last >= TELL_EVERY_S:
                self.flush()

        def flush(self) -> None:
            self._last = monotonic()
            if self._news:
                pipe.send(("progress", list(self._news.values())))
                self._news.clear()

    folder, reporter = folder_of(studio.project, look), Reporter()
    variant = Variant(look.theme, look.aspect, language=look.language)
    request = Request(studio.project, look.video, quality, variant, out=folder, allow_code=studio.allow_code)
    result = run(request, listener=reporter)
    reporter.flush()
    elapsed, shown = round(result.elapsed_s, 2), studio.project.shown(folder)
    return {"said": reporter.lines, "elapsed_s": elapsed, "folder": shown, "frames": result.frames}
