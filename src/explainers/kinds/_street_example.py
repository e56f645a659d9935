"""What the examples that show the drawn street have in common: nine classes, and their source."""

from __future__ import annotations

CLASSES = """
name,words,r,g,b
Building,Building,128,0,0
Car,Car,64,0,128
MotorcycleScooter,Motorcycle,192,0,192
Pedestrian,Pedestrian,64,64,0
Road,Road,128,64,128
Sidewalk,Sidewalk,0,0,192
SignSymbol,Sign,192,128,128
Sky,Sky,128,128,128
Tree,Tree,128,128,0
"""
"""The class table, as a file of it is written."""

_HEAD = """
sources:
{camera}  palette: {{kind: published, label: colours of nine classes, citation: Made for this example}}
tables:
  classes: {{file: data/classes.csv, source: palette}}
"""
_CAMERA = "  camera: {kind: measured, label: our camera, citation: Taken for this example}\n"


def street_files(captures: dict[str, str] | None = None) -> dict[str, str]:
    """An example's files: its assets.yaml and class table. `captures` are files it names and does not have,
    and what each shows."""
    written = _HEAD.format(camera=_CAMERA if captures else "")
    if captures:
        written += "files:\n"
    for name, shows in (captures or {}).items():
        written += f"  captures/{name}: {{shows: {shows}, from: camera, note: not part of the example}}\n"
    return {"assets.yaml": written, "data/classes.csv": CLASSES}
