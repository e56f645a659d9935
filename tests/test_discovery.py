import subprocess
import sys
from pathlib import Path

import pytest

from explainers.errors import InvalidInput
from explainers.kinds import discover
from explainers.kinds.base import KindBeat, KindParams
from explainers.plan import load_plan
from explainers.project import Project, Settings

ROOT = Path(__file__).parents[1]
OWN = '''
"""A kind of this video's own."""
from explainers.kinds.base import KindParams, SceneKind


class Params(KindParams):
    size: int = 1


class Own(SceneKind):
    params = Params

    def picture(self, shot, stage):
        pass
'''


def project(root: Path, allow_code: bool) -> Project:
    folder = root / "scenes" / "v"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "own_thing.py").write_text(OWN, encoding="utf-8")
    (folder / "storyboard.yaml").write_text(
        "storyboard: 1\ntitle: x\nshots: [{id: a, kind: own-thing, size: 3, duration: 1s}]\n",
        encoding="utf-8",
    )
    return Project(root, Settings(allow_code=allow_code))


def test_kinds_are_found_by_looking() -> None:
    kinds = discover()
    assert "base" not in kinds
    assert list(kinds) == sorted(kinds)
    for name, kind in kinds.items():
        assert kind.name == name == name.replace("_", "-")
        assert issubclass(kind.params, KindParams) and issubclass(kind.beat_params, KindBeat)
        assert kind.doc and kind.example
        assert callable(kind.picture)
        assert kind.file.is_file()


def test_a_kind_is_imported_when_it_is_first_asked_for() -> None:
    code = (
        "import sys; from explainers.kinds import discover; kinds = discover();"
        "assert 'race' in kinds and 'rice' not in kinds;"
        "assert kinds.get('rice') is None and len(list(kinds)) > 9;"
        "before = 'explainers.kinds.title' in sys.modules; kinds['title'];"
        "print(before, [name for name in ('title', 'race') if f'explainers.kinds.{name}' in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False ['title']"


def test_a_video_may_bring_a_kind_where_code_is_allowed(tmp_path: Path) -> None:
    plan = load_plan(project(tmp_path, True), "v")
    assert plan.shots[0].params.size == 3
    assert plan.kinds["own-thing"].file == tmp_path / "scenes/v/own_thing.py"


def test_a_video_s_code_is_not_run_unless_it_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "scenes/v").mkdir(parents=True)
    with pytest.raises(InvalidInput, match="a program that would run with all your rights"):
        load_plan(project(tmp_path, False), "v")


def test_planning_imports_neither_manim_nor_moviepy(tmp_path: Path) -> None:
    discover()["title"].write_example(tmp_path)
    code = (
        "import sys; from pathlib import Path; from explainers.project import find_project;"
        "from explainers.plan import load_plan; from explainers.schema import storyboard_schema;"
        f"load_plan(find_project(Path({str(tmp_path)!r})), 'title'); storyboard_schema();"
        f"load_plan(find_project(Path({str(ROOT)!r})), 'segmentation', 'draft', allow_code=True);"
        "print([name for name in ('manim', 'moviepy', 'matplotlib') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
