"""The fuzzing campaign in its short form, and what earlier campaigns found."""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzz.campaign import MAX_MIB, MAX_SECONDS, campaign, child_memory_is_bounded, told
from fuzz.targets import targets

SHORT, SEED = 1_200, 20_260_101

FOUND = {
    ("table", b'[{"run": 1' + b"9" * 5000 + b"}]"): "a number of more digits than Python reads",
    ("table", b'[{"run": 1e999}]'): "an infinite number",
    ("run", b"t,request\r,event\n0,a,arrive\n"): "a carriage return in the header",
    ("run", b"[" * 100_000): "brackets without end",
    ("cast", b'{"version": 2, "width": 80, "height": 24}\n' + b"[" * 100_000): "brackets without end",
    ("assets", b"tables: {}\n"): "a fact whose source is not declared",
    (
        "storyboard",
        b"storyboard: 1\ntitle: x\nshots: [{id: a, kind: title, duration: " + b"9" * 400 + b":00:00}]",
    ): ("hours that no float holds"),
}


def test_a_thousand_mutated_files_are_read_or_refused(tmp_path: Path) -> None:
    for report in campaign(SHORT, SEED, tmp_path):
        assert told(report) == []
        assert report.inputs >= SHORT * 0.05
        # Inputs that are all refused at once would test nothing.
        assert 0 < report.accepted < report.inputs
        assert report.slowest_s < MAX_SECONDS
        assert report.peak_mib < MAX_MIB


@pytest.mark.parametrize(("target", "data"), FOUND, ids=FOUND.values())
def test_what_was_found_once_is_refused(target: str, data: bytes, tmp_path: Path) -> None:
    reader = next(one for one in targets(tmp_path / "files") if one.name == target)
    assert reader.read(data) is False


def test_an_input_that_takes_too_long_or_too_much_is_a_find(tmp_path: Path) -> None:
    slow, large = child_memory_is_bounded(tmp_path)
    assert slow.startswith("TooSlow") and large.startswith("MemoryError")
