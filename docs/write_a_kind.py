"""Makes `stills/stage.png` of `write-a-kind.md` again, from the files that stand on the page.

python docs/write_a_kind.py
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

PAGE = Path(__file__).with_name("write-a-kind.md")


def written(root: Path) -> Path:
    """A project in `root` of all the files on the page: blocks whose first line is a comment with a path."""
    blocks = re.findall(
        r"^```\w+\n# (\S+/\S+\.\w+)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S
    )
    for name, text in blocks:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    (root / "pyproject.toml").write_text("[tool.explainers]\n", encoding="utf-8")
    return root


if __name__ == "__main__":
    from explainers.cli import main

    picture = PAGE.with_name("stills") / "stage.png"
    with tempfile.TemporaryDirectory() as folder:
        project = ["--project", str(written(Path(folder)))]
        look = ["--shot", "stage", "--quality", "standard", "--allow-code", "--output", str(picture)]
        main([*project, "still", "demo", *look])
