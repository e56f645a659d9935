import pytest

from repositories import write_repository  # isort: skip


@pytest.fixture
def repository(tmp_path):
    """A project in a git repository of its own, at its first commit."""
    return write_repository(tmp_path / "project")
