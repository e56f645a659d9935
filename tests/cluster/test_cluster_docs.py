"""The commands of docs/cluster.md work as written, but for the port and the folders."""

from __future__ import annotations

import re
import shlex
import socket
import subprocess
import sys
from pathlib import Path

from small import SMALL, write_project  # isort: skip

DOCS = (Path(__file__).parents[2] / "docs" / "cluster.md").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent


def test_the_example_works(tmp_path):
    (block,) = re.findall(r"```sh\n(.*?)```", DOCS, re.DOTALL)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    text = block.replace("8786", port).replace("/tmp/", f"{tmp_path}/")
    project = write_project(tmp_path / "project", SMALL, "hello")
    running, done = [], []
    try:
        for line in text.splitlines():
            name, *arguments = shlex.split(line)
            command = [str(BIN / name), *arguments]
            if name == "dask":
                log = (tmp_path / f"dask-{len(running)}.log").open("wb")
                running.append(subprocess.Popen(command, cwd=tmp_path, stdout=log, stderr=log))
            else:
                done.append(subprocess.run(command, cwd=project.root, capture_output=True, text=True))
    finally:
        # A terminated worker takes the process it watches with it.
        for process in reversed(running):
            process.terminate()
            process.wait(timeout=20)
    assert len(running) == 3 and [one.returncode for one in done] == [0, 0], [one.stderr for one in done]
    assert "2 of 2 shots drawn" in done[0].stdout and "1 of 1 videos" in done[1].stdout
    assert (project.renders_dir("hello") / "video.mp4").is_file()
