"""A fault campaign: disturb, look, render once more, and compare with what was never disturbed."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from faults.disturb import FAULTS, Campground, Fault, mounted, sound
from faults.film import damaged, make, published, remove_damaged
from faults.run import begin


@dataclass(frozen=True)
class Survived:
    """One fault: what was done, and how it went on. `error` is empty where all held."""

    number: int
    name: str
    told: str
    seconds: float
    error: str = ""


def campaign(count: int, seed: int, folder: Path) -> Iterator[Survived]:
    """Try `count` faults, sorts in their shares and in an order that `seed` says."""
    _import_everything()
    root = make(folder)
    disk = mounted(root / "renders")
    try:
        code = (run := begin(root, 2)).wait()
        assert code == 0, f"the undisturbed render failed: {run.said()}"
        ground = Campground(root, disk, published(root))
        for number, (name, fault) in enumerate(_order(count, seed), 1):
            yield _one(number, name, fault, ground, Random(f"{seed} {number}"))
    finally:
        if disk:
            subprocess.run(["umount", "-l", root / "renders"], check=True)


def _order(count: int, seed: int) -> list[tuple[str, Fault]]:
    thirty = [(name, fault) for name, share, fault in FAULTS for _ in range(share)]
    random = Random(seed)
    order: list[tuple[str, Fault]] = []
    while len(order) < count:
        order += random.sample(thirty, k=len(thirty))
    return order[:count]


def _one(number: int, name: str, fault: Fault, ground: Campground, random: Random) -> Survived:
    began, told = time.monotonic(), ""
    try:
        told = fault(ground, random)
        sound(ground, own=name == "corrupt files")
        code = (run := begin(ground.root, 1)).wait()
        assert code == 0, f"the next run ended with {code}: {run.said()}"
        now = published(ground.root)
        assert now == ground.reference, f"other bytes: {sorted(_different(now, ground.reference))}"
        assert not list((ground.root / "renders").rglob("*.lock")), "a lock was left"
        if name == "corrupt files":
            # A product that the video did not need was not looked at; `store verify --remove` finds it.
            remove_damaged(ground.root)
        assert damaged(ground.root) == set(), "the store does not verify"
    except AssertionError as error:
        return Survived(number, name, told, time.monotonic() - began, str(error) or "failed")
    return Survived(number, name, told, time.monotonic() - began)


def _different(one: dict[str, bytes], other: dict[str, bytes]) -> set[str]:
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


def _import_everything() -> None:
    """What each run would import anew; runs are forked from this process."""
    from explainers.kinds import discover

    assert all(discover().values())
