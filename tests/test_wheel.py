"""A wheel installed into an empty environment in another folder, where it makes and renders a first video.

It needs the package registry, as the installation of the tests' own environment does.
"""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
QUIET = ("--quiet", "--quiet", "--disable-pip-version-check")


def test_the_wheel_renders_a_first_video_elsewhere(tmp_path):
    pip = [sys.executable, "-m", "pip"]
    subprocess.run([*pip, "wheel", *QUIET, "--no-deps", "--wheel-dir", tmp_path / "dist", ROOT], check=True)
    (wheel,) = (tmp_path / "dist").glob("explainers-*.whl")
    venv.create(tmp_path / "env", with_pip=True)
    subprocess.run([tmp_path / "env/bin/python", "-m", "pip", "install", *QUIET, wheel], check=True)
    # Nothing of this repository is in reach.
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "EXPLAINERS"))
    }
    project = tmp_path / "project"
    project.mkdir()
    for arguments in (["new", "hello"], ["render", "hello", "--quality", "draft"], ["check", "hello"]):
        subprocess.run([tmp_path / "env/bin/explainers", *arguments], cwd=project, env=clean, check=True)
    made = json.loads((project / "renders/hello/manifest.json").read_text(encoding="utf-8"))
    assert made["frames"] == 198 and made["renditions"]
    # From Python, too.
    code = "import explainers; print(explainers.load('hello').facts['gain'].text)"
    python = [tmp_path / "env/bin/python", "-c", code]
    done = subprocess.run(python, cwd=project, env=clean, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "+10.2\u202f%"
