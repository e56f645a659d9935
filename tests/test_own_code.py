"""Code beside a storyboard: what it may bring, where a mistake in it is said to be, and what knows of it."""

from __future__ import annotations

import json
import pickle
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from explainers.cli import run
from explainers.errors import ExplainersError, InvalidInput, RenderFailed
from explainers.kinds import OWN_CODE, discover, draw, own_code
from explainers.plan import load_plan
from explainers.project import Project, Settings
from explainers.render.planner import products_of
from explainers.render.tasks import PackedShot
from explainers.trust import trust

KIND = '''"""A square that the video itself brings."""
from explainers.kinds.base import KindBeat, KindParams, SceneKind
from explainers.storyboard.types import Label, PictureName


class Params(KindParams):
    """A square."""

    words: Label = "square"
    """Its words."""
    stand_in: PictureName | None = None


class Square(SceneKind):
    params = Params
    example = """
storyboard: 1
title: A square
shots: [{id: a, kind: square, duration: 1s}]
"""

    def picture(self, shot, stage):
        stage.words(shot.params.words, stage.safe.left, stage.safe.top + 200)
'''
PICTURE = '''"""A drawn picture."""
from explainers.compositor.drawn import DrawnPicture
from ._shapes import ground


class Field(DrawnPicture):
    name, labels, size = "field", ("Grass",), (60.0, 40.0)

    def patches(self, t):
        return [ground(*self.size)]


FIELD = Field()
'''
SHAPES = """import numpy as np
from explainers.compositor.drawn import Patch


def ground(wide, tall):
    return Patch(np.array([(0, 0), (wide, 0), (wide, tall), (0, tall)], float), (0.1, 0.6, 0.2), "Grass")
"""
BOARD = "storyboard: 1\ntitle: x\nshots: [{id: a, kind: square, duration: 1s}]\n"
ILLUSTRATED = (
    "storyboard: 1\ntitle: x\n"
    "shots: [{id: a, kind: illustration, duration: 1s, provenance: illustration, scenes: [{scene: field}]}]\n"
)


def project(root: Path, board: str = BOARD, **files: str) -> Project:
    """A project of one video `v` with Python files beside its storyboard, by their names without `.py`."""
    folder = root / "scenes/v"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "storyboard.yaml").write_text(board)
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    (root / "pyproject.toml").write_text("[tool.explainers]\nallow_code = true\n")
    trust(root)
    return Project(root.resolve(), Settings(allow_code=True))


MORE = "\n\nclass Other(Square):\n    pass\n\n\nclass More(Square):\n    pass\n"
HOOK = "\n    def duration_s(self, shot):\n        return shot.params.lenght\n"
BROKEN = {
    "syntax": (KIND.replace("stage):", "stage:"), "python-syntax", "def picture", "this is not Python"),
    "a name": (KIND + "\nSIDE = lenght(3)\n", "python-error", "SIDE =", "name 'lenght' is not defined"),
    "an import": ("import numpie\n" + KIND, "python-error", "import numpie", "No module named 'numpie'"),
    "an exit": (KIND + "\nraise SystemExit(1)\n", "python-error", "raise SystemExit", "SystemExit"),
    "nothing": ("SIDE = 3\n", "brings-nothing", "SIDE", "square.py brings no scene kind"),
    "no picture": (
        KIND[: KIND.index("    def pic")],
        "half-a-kind",
        "class Square",
        "has no method `picture`",
    ),
    "no params": (
        KIND.replace("    params = Params\n", ""),
        "half-a-kind",
        "class Square",
        "has no `params`",
    ),
    "two kinds": (KIND + MORE, "two-kinds", "class More", "brings Other and More"),
    "in a hook": (KIND + HOOK, "python-error", "return shot.params.lenght", "has no attribute 'lenght'"),
}
"""Files that can't be used: the code of the problem, what its line holds, and what is said."""


@pytest.mark.parametrize("name", BROKEN)
def test_a_mistake_in_a_file_is_said_to_be_in_its_line(name: str, tmp_path: Path) -> None:
    text, code, held, words = BROKEN[name]
    board = BOARD.replace(", duration: 1s", "")
    with pytest.raises(InvalidInput) as caught:
        load_plan(project(tmp_path, board, square=text), "v")
    (problem,) = caught.value.problems
    assert problem.code == code and words in problem.message
    assert problem.place and problem.place.file == "scenes/v/square.py"
    assert held in text.splitlines()[problem.place.line - 1] == problem.source_line


def test_a_mistake_is_placed_where_the_same_code_was_loaded_from_another_folder_before(
    tmp_path: Path,
) -> None:
    text = KIND.replace("stage.safe.top + 200)", "stage.safe.tip + 200)")
    for root in ("first", "second"):
        plan = load_plan(project(tmp_path / root, square=text), "v")
        with (
            pytest.raises(RenderFailed, match=r"scenes/v/square\.py:23:"),
            own_code(tmp_path / root / "scenes/v", drawing=True),
        ):
            draw(plan.shots[0], plan.kinds)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_mistake_while_drawing_is_said_to_be_in_its_line(
    jobs: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = KIND.replace("stage.safe.top + 200)", "stage.safe.tip + 200)")
    project(tmp_path, square=text)
    monkeypatch.chdir(tmp_path)
    assert run(["render", "v", "--quality", "draft", "--no-check", "--jobs", jobs]) == 5
    said = capsys.readouterr().err
    assert (
        "shot a: scenes/v/square.py:23:" in said
        and "has no attribute 'tip'" in said
        and "Traceback" not in said
    )
    assert "mistake in explainers" not in said


def test_a_mistake_in_a_drawn_picture_is_said_to_be_in_its_line(tmp_path: Path) -> None:
    text = PICTURE.replace("ground(*self.size)", "ground(*self.size, t / 0)")
    made = project(tmp_path, ILLUSTRATED, field=text, _shapes=SHAPES)
    shot = load_plan(made, "v").shots[0]
    from explainers.compositor.picture import still
    from explainers.kinds import own_code
    from explainers.render.drawing import picture_of
    from explainers.render.store import Store

    folder = made.scene_dir("v")
    picture = picture_of(PackedShot.of(shot, folder), Store(tmp_path / "store"))
    with (
        pytest.raises(RenderFailed, match=r"scenes/v/field\.py:10:.*ZeroDivisionError"),
        own_code(folder, drawing=True),
    ):
        still(picture, 0)


def test_problems_are_sent_whole() -> None:
    with pytest.raises(InvalidInput) as caught:
        raise InvalidInput([])
    assert isinstance(caught.value, ExplainersError)
    made = pickle.loads(pickle.dumps(caught.value))
    assert isinstance(made, InvalidInput) and made.problems == caught.value.problems


def test_a_file_brings_pictures_and_its_helpers_begin_with_an_underscore(tmp_path: Path) -> None:
    made = project(tmp_path, ILLUSTRATED, field=PICTURE, _shapes=SHAPES, square=KIND)
    (made.scene_dir("v") / "tools").mkdir()
    (made.scene_dir("v") / "tools/anything.py").write_text("raise ValueError\n")
    found = discover(made.scene_dir("v"))
    assert "field" in found.pictures and "square" in found and "_shapes" not in found
    assert not list(made.scene_dir("v").rglob("__pycache__"))
    shot = load_plan(made, "v").shots[0]
    again, _, _ = PackedShot.of(shot, made.scene_dir("v")).unpacked()
    assert again.pictures["field"] is found.pictures["field"]
    assert draw(again).layers


def test_two_pictures_of_one_name_are_refused(tmp_path: Path) -> None:
    made = project(tmp_path, ILLUSTRATED, field=PICTURE, meadow=PICTURE, _shapes=SHAPES)
    with pytest.raises(InvalidInput, match=r"meadow\.py:1:1: a second drawn picture is named 'field'"):
        load_plan(made, "v")


def test_without_leave_the_name_of_a_picture_says_what_was_not_run(tmp_path: Path) -> None:
    made = project(tmp_path, ILLUSTRATED, field=PICTURE, _shapes=SHAPES)
    with pytest.raises(InvalidInput, match=r"no drawn picture 'field'; code beside .* all your rights"):
        load_plan(made, "v", allow_code=False)


def test_an_edit_of_a_helper_is_seen_and_changes_the_key(tmp_path: Path) -> None:
    made = project(tmp_path, ILLUSTRATED, field=PICTURE, _shapes=SHAPES)
    colors, keys = [], []
    for green in ("0.6", "0.7"):
        (made.scene_dir("v") / "_shapes.py").write_text(SHAPES.replace("0.6", green))
        plan = load_plan(made, "v")
        colors.append(plan.shots[0].pictures["field"].patches(0)[0].color[1])
        keys.append(products_of(plan).shots[0].picture_key)
    assert colors == [0.6, 0.7] and keys[0] != keys[1]


def test_kinds_and_the_schema_know_a_projects_own_kinds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path, square=KIND)
    monkeypatch.chdir(tmp_path)
    assert run(["kinds", "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["square"]["file"] == "scenes/v/square.py" and "file" not in rows["title"]
    assert run(["kinds", "square", "--video", "v"]) == 0
    assert "A square that the video itself brings" in capsys.readouterr().out
    assert run(["schema"]) == 0
    assert "shot-square" in json.loads(capsys.readouterr().out)["definitions"]
    (tmp_path / "pyproject.toml").write_text("[tool.explainers]\n")
    assert run(["kinds", "square"]) == 2
    assert run(["kinds", "square", "--allow-code"]) == 0


def test_the_example_of_an_own_kind_is_a_project_of_its_own(tmp_path: Path) -> None:
    made = project(tmp_path / "a", square=KIND, field=PICTURE, _shapes=SHAPES)
    example = discover(made.scene_dir("v"))["square"].write_example(tmp_path / "b")
    shutil.rmtree(tmp_path / "a")
    assert draw(load_plan(example, "square").shots[0], discover(example.scene_dir("square"))).layers


def test_the_studio_shows_a_projects_own_kinds_with_their_examples(tmp_path: Path) -> None:
    pytest.importorskip("starlette")
    from explainers.studio import animatics, planning
    from explainers.studio.look import Look, StudioProject

    made = project(tmp_path, square=KIND)
    context, look = object(), Look("v")
    rows = {row["name"]: row for row in planning.kinds(context, StudioProject(made), look)}  # type: ignore[arg-type]
    assert [one["name"] for one in rows["square"]["params"]] == ["words", "stand_in"] and rows["square"][
        "key"
    ]
    assert "square" not in {
        row["name"]
        for row in planning.kinds(context, StudioProject(made, False), look)  # type: ignore[arg-type]
    }
    path = tmp_path / "kinds/square.webp"
    animatics.example(context, path, "square", made.scene_dir("v"))  # type: ignore[arg-type]
    assert path.stat().st_size > 500


def test_code_that_changes_during_a_render_is_called_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from explainers.render import workers

    made = project(tmp_path, square=KIND)
    packed = PackedShot.of(load_plan(made, "v").shots[0], made.scene_dir("v"))
    # A worker that is begun now finds other files than those the shot was planned with.
    for name in [one for one in sys.modules if one.startswith(OWN_CODE)]:
        monkeypatch.delitem(sys.modules, name)
    (made.scene_dir("v") / "square.py").write_text(KIND + "# changed\n")
    monkeypatch.setattr(workers, "perform", lambda task, *_: packed.unpacked())
    task = SimpleNamespace(shot_id="a", store=tmp_path)
    with pytest.raises(RenderFailed, match=r"shot a: a \.py file beside the storyboard changed"):
        workers.guarded(task, lambda frames: None)  # type: ignore[arg-type]
