"""Packed values: no path of this machine is in the bytes, and the files may lie elsewhere."""

from dataclasses import dataclass
from pathlib import Path

from explainers.render.tasks import pack, unpack


@dataclass(frozen=True)
class Shown:
    files: tuple[Path, ...]
    name: str


def test_the_bytes_are_the_same_wherever_the_files_lie(tmp_path):
    values = [
        Shown((root / "a.png", root / "b.png", root / "a.png"), "two") for root in (tmp_path, Path("/x"))
    ]
    (here, paths), (there, others) = map(pack, values)
    assert here == there and str(tmp_path).encode() not in here
    assert paths == (tmp_path / "a.png", tmp_path / "b.png") and others == (
        Path("/x/a.png"),
        Path("/x/b.png"),
    )
    assert unpack(here, others) == values[1]
