"""A task done so that whatever goes wrong is an error that names its shot and can be sent elsewhere."""

from __future__ import annotations

import os
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

from explainers.errors import ExplainersError, InvalidInput, RenderFailed
from explainers.render.store import Store
from explainers.render.tasks import Done, Task, perform
from explainers.scratch import refusal


def guarded(task: Task, told: Callable[[int], None], store: Store | None = None) -> Done:
    """Do a task; a mistake in a kind's code names the shot it happened in, and a full disk is called that."""
    try:
        return perform(task, told, store)
    except (RenderFailed, InvalidInput) as error:
        if words := _disk_trouble(task):
            raise RenderFailed(f"shot {task.shot_id}: {words}") from error
        if isinstance(error, InvalidInput):
            raise
        raise RenderFailed(f"shot {task.shot_id}: {error}") from error
    except (ExplainersError, KeyboardInterrupt, MemoryError, BrokenPipeError):
        raise
    except Exception as error:
        if os.environ.get("EXPLAINERS_TRACEBACK"):
            traceback.print_exc()
        if words := _disk_trouble(task):
            raise RenderFailed(f"shot {task.shot_id}: {words}") from error
        if isinstance(error, FileNotFoundError) and error.filename:
            raise RenderFailed(f"shot {task.shot_id}: {error.filename} was there, and is gone") from error
        raise RenderFailed(f"shot {task.shot_id}: {type(error).__name__}: {error}") from error


def _disk_trouble(task: Task) -> str | None:
    """What keeps this process from writing where its work goes, or where libraries put their own files."""
    folders = {"the store": task.store, "the folder for temporary files": Path(tempfile.gettempdir())}
    for what, folder in folders.items():
        if words := refusal(folder):
            return f"{what} at {folder} can't be written: {words}"
    return None


def answer(task: Task, told: Callable[[int], None], store: Store | None = None) -> Done | ExplainersError:
    """Do a task; what is sent back of it: what was done, or an error that can be sent."""
    try:
        return guarded(task, told, store)
    except ExplainersError as error:
        return error if _travels(error) else RenderFailed(str(error))
    except MemoryError:
        return RenderFailed(f"shot {task.shot_id}: out of memory")


def _travels(error: ExplainersError) -> bool:
    """Whether an error can be sent whole: those made of their message alone."""
    return type(error).__init__ is Exception.__init__
