"""A picture and its label map, as kinds name them: the author's files, or a drawn picture in their place.

A drawn picture is used for both or for neither: a photo never stands beside a map that is not its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from explainers.compositor.drawn import DrawnPicture
from explainers.errors import Diagnostic, InvalidInput, nearest
from explainers.facts.tables import Table
from explainers.kinds.base import KindParams, Missing, ShotPlan
from explainers.storyboard.mistakes import Mistake
from explainers.storyboard.types import AssetPath, Label, PictureName, Seconds, TableName

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from explainers.compositor.labels import Codes, LabelClass

DRAWN_SIZE = (1152, 768)
"""Pixels of a drawn picture's label map."""


class Pictured(KindParams):
    """A picture, its label map, and what stands in for them."""

    image: AssetPath | None = None
    """The picture."""
    labels: AssetPath | None = None
    """Its label map, in the colours of `classes` or in their ids."""
    classes: TableName
    """The class table: columns `name`, `r`, `g`, `b`; `id` where the map holds numbers, and `words` for the
    screen where names are not."""
    stand_in: PictureName | None = None
    """A drawn picture in place of files that are not there; it is marked as an illustration."""
    stand_in_at: Seconds = 3.0
    """The moment of the drawn picture that is seen."""


class Mapped(Pictured):
    """A picture whose label map is shown as large as it is."""

    drawn_label: Label | None = None
    """Words on the label map of a drawn stand-in, at reading size: whose labels they are, since no model
    gave them."""

    def map_words(self, drawn: bool, otherwise: str | None = None) -> str | None:
        """The words on a map that is drawn, or `otherwise` those of the real one."""
        return self.drawn_label if drawn and self.drawn_label else otherwise


@dataclass(frozen=True, eq=False)
class Pair:
    """A picture (RGB) and the class of each of its pixels. `drawn` says that it is a stand-in."""

    pixels: NDArray[np.uint8]
    codes: Codes
    classes: tuple[LabelClass, ...]
    drawn: bool

    @property
    def aspect(self) -> float:
        """Width over height."""
        return float(self.pixels.shape[1] / self.pixels.shape[0])


def thing_of(params: Pictured) -> str:
    """The name of the shot's picture as a thing, for the camera and for what travels from shot to shot."""
    return params.stand_in or "picture"


def classes_of(table: Table) -> tuple[LabelClass, ...]:
    """The classes of a table, in its order."""
    from explainers.compositor.labels import LabelClass

    found = []
    for row in table.rows:
        name = str(row["name"])
        color = "#" + "".join(f"{int(float(row[c] or 0)):02X}" for c in "rgb")
        number = row.get("id")
        id_ = int(number) if isinstance(number, float) else None
        found.append(LabelClass(name, str(row.get("words") or _in_words(name)), color, id_))
    return tuple(found)


def _in_words(name: str) -> str:
    """`MotorcycleScooter` as words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", name).capitalize()


def pair_of(shot: ShotPlan) -> Pair | tuple[Missing, ...]:
    """The pair to draw; where there is neither file nor stand-in, what is missing."""
    from explainers.compositor.labels import read_labels, read_pixels

    params: Pictured = shot.params
    classes = classes_of(shot.tables[params.classes])
    paths = [shot.assets.get(name) for name in (params.image, params.labels) if name]
    if len(paths) == 2 and all(paths):
        image, labels = (path for path in paths if path is not None)
        pixels = read_pixels(image)
        return Pair(pixels, _sized(read_labels(labels, classes), pixels, labels), classes, False)
    if params.stand_in is None:
        return shot.missing
    return drawn_pair(shot.pictures[params.stand_in], params.stand_in_at, classes)


def picture_of(shot: ShotPlan) -> Pair | None:
    """The shot's pair, or where it names no classes its picture alone, of whose pixels none has a class."""
    import numpy as np

    from explainers.compositor.labels import read_pixels

    params: Pictured = shot.params
    if params.classes:
        found = pair_of(shot)
        return found if isinstance(found, Pair) else None
    if image := shot.assets.get(params.image or ""):
        pixels = read_pixels(image)
        return Pair(pixels, np.zeros(pixels.shape[:2], np.uint8), (), False)
    return drawn_pair(shot.pictures[params.stand_in], params.stand_in_at, ()) if params.stand_in else None


def drawn_pair(drawn: DrawnPicture, at_s: float, classes: tuple[LabelClass, ...]) -> Pair:
    """A drawn picture and its exact map at a moment; without classes no pixel has one."""
    from explainers.compositor.patches import scene_labels, scene_pixels

    names = tuple(one.name for one in classes) or drawn.labels
    pixels, codes = scene_pixels(drawn, at_s, *DRAWN_SIZE), scene_labels(drawn, at_s, names, *DRAWN_SIZE)
    return Pair(pixels, codes, classes, True)


def _sized(codes: Codes, pixels: NDArray[np.uint8], path: Path) -> Codes:
    """The map with as many pixels as its picture; InvalidInput where it has another shape."""
    from PIL import Image

    tall, wide = pixels.shape[:2]
    if abs(codes.shape[1] / codes.shape[0] - wide / tall) > 0.01:
        own = f"{codes.shape[1]}x{codes.shape[0]}"
        message = f"{path.name} is {own}, which is not the shape of its picture, {wide}x{tall}"
        raise InvalidInput([Diagnostic("wrong-shape", message)])
    if codes.shape == (tall, wide):
        return codes
    import numpy as np

    return np.asarray(Image.fromarray(codes).resize((wide, tall), Image.Resampling.NEAREST))


def wrong_classes(shot: ShotPlan) -> list[Mistake]:
    """What is wrong with the classes of a pictured shot: columns, colours, names of a drawn scene, and a
    label map that holds something else."""
    params: Pictured = shot.params
    table = shot.tables.get(params.classes)
    if table is None:
        return []
    lacking = [name for name in ("name", "r", "g", "b") if name not in table.columns]
    if lacking:
        return [table.unknown_column(name).under("classes") for name in lacking]
    for row in table.rows:
        if not row["name"] or not all(
            isinstance(c, float) and 0 <= c <= 255 for c in (row[n] for n in "rgb")
        ):
            message = f"the class {row['name']!r} needs a name, and r, g and b from 0 to 255"
            return [Mistake(("classes",), "not-a-color", message)]
    ids = [row["id"] for row in table.rows if row.get("id") is not None]
    for number in ids:
        if not isinstance(number, float) or number != int(number) or ids.count(number) > 1:
            message = f"{number!r} in the column `id` of table {table.name!r} is no number of one class alone"
            return [Mistake(("classes",), "wrong-id", message, "a whole number in each row, each once")]
    names = [str(row["name"]) for row in table.rows]
    shown = shot.pictures[params.stand_in].labels if params.stand_in else ()
    return _wrong_labels(shot) + [
        Mistake(
            ("classes",),
            "unknown-class",
            f"the drawn picture shows {name}, which the class table lacks",
            None,
            nearest(name, names),
        )
        for name in shown
        if name not in names
    ]


def _wrong_labels(shot: ShotPlan) -> list[Mistake]:
    """A picture or a map of it that can't be read, or that are not each other's."""
    params: Pictured = shot.params
    if params.image in shot.assets and params.labels in shot.assets:
        try:
            pair_of(shot)
        except InvalidInput as error:
            return [Mistake(("labels",), problem.code, problem.message) for problem in error.problems]
    return []
