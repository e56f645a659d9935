"""One command for each attack of the table; `make attacks` runs all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from attacks import ATTACKS, attempt  # isort: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_reaches_nothing(name: str, tmp_path: Path) -> None:
    attack = ATTACKS[name]
    outcome, broken = attempt(attack, attack.command, tmp_path)
    assert not broken, outcome.said[-2000:]
    assert attack.words in outcome.said
