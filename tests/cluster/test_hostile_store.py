"""A shared store that somebody else can write to: its records name files of one folder, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from explainers.errors import RenderFailed
from explainers.render.cluster.shared_store import Input, Receiver, SharedFiles

KEY = "ab" * 32


@pytest.mark.parametrize(
    "sent", [Input("../x", (("", KEY),)), Input("x", (("../../canary", KEY),)), Input("..", (("a", KEY),))]
)
def test_a_file_that_is_sent_lies_below_its_folder(sent: Input, tmp_path: Path) -> None:
    receiver = Receiver(tmp_path / "inputs", SharedFiles((tmp_path / "shared").as_uri()))
    with pytest.raises(RenderFailed, match="is not the name of a file"):
        receiver._local(sent)
