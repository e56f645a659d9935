"""What tests of several rooms share: a small project on disk, and Debian's prober."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from explainers import trust
from explainers.project import Project

from small import write_project  # isort: skip


ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session", autouse=True)
def trusted_here(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A configuration of the tests' own, in which this project's films may run their code."""
    os.environ[trust.FOLDER] = str(tmp_path_factory.mktemp("config"))
    trust.trust(ROOT)


@pytest.fixture
def small_project(tmp_path: Path) -> Project:
    return write_project(tmp_path)


@pytest.fixture(scope="session")
def ffprobe() -> Callable[..., dict[str, Any]]:
    """Ask the prober; a machine without it is no place to run these tests, so it is not skipped."""
    binary = shutil.which("ffprobe")
    assert binary, "ffprobe is missing: `make test` installs it"

    def probe(path: Path, *arguments: str) -> dict[str, Any]:
        command = [binary, "-v", "error", "-of", "json", *arguments, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    return probe


@pytest.fixture(autouse=True)
def no_surprises(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Tests see errors as users do."""
    monkeypatch.delenv("EXPLAINERS_TRACEBACK", raising=False)
    yield
