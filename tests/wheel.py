"""A wheel installed into an empty environment in another folder, where it makes and renders a first video.

`make wheel` runs it: it needs the package registry, and minutes where pycairo and ManimPango are built.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path


def installed(wheel: Path, folder: Path) -> Path:
    """The command of a wheel in a new environment in `folder`."""
    venv.create(folder / "env", with_pip=True)
    python = folder / "env/bin/python"
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel.resolve()],
        check=True,
    )
    return folder / "env/bin/explainers"


def first_video(command: Path, folder: Path) -> dict[str, object]:
    """The manifest of `new hello`, rendered as a draft in `folder`, with nothing of this repository in reach."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "EXPLAINERS"))
    }
    folder.mkdir()
    for arguments in (["new", "hello"], ["render", "hello", "--quality", "draft"], ["check", "hello"]):
        subprocess.run([command, *arguments], cwd=folder, env=clean, check=True)
    return json.loads((folder / "renders/hello/manifest.json").read_text(encoding="utf-8"))


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="explainers-wheel-") as folder:
        root = Path(folder)
        made = first_video(installed(Path(sys.argv[1]), root), root / "project")
        assert made["frames"] and made["renditions"], made
        print(
            f"{Path(sys.argv[1]).name}: installed in {root}, and rendered {made['frames']} frames of a first video"
        )


if __name__ == "__main__":
    main()
