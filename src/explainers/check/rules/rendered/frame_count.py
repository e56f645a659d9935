"""A video whose frames do not add up.

The file must have exactly the frames of its shots, at one steady rate and as long as the storyboard
says; and the manifest must say the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explainers.check.delivered import probe, videos_of
from explainers.check.finding import Finding
from explainers.check.subject import Rendered

CODE: Final = "frame-count"
SEVERITY: Final = "error"


def find(subject: Rendered) -> Iterator[Finding]:
    manifest, plan = subject.manifest, subject.plan
    shots = sum(shot.frames for shot in manifest.shots)
    if shots != manifest.frames:
        message = f"the shots have {shots} frames together, the manifest says {manifest.frames}"
        yield subject.at_file(CODE, SEVERITY, message, "manifest.json", fix="render again")
    same_rate = manifest.fps == plan.canvas.fps
    if same_rate and manifest.frames != plan.total_frames:
        message = f"the render has {manifest.frames} frames, the storyboard {plan.total_frames}"
        yield subject.at_file(CODE, SEVERITY, message, "manifest.json", fix="render again")
    for name in videos_of(subject):
        try:
            found = probe(subject.file(name))
        except (OSError, ValueError) as error:
            yield subject.at_file(CODE, SEVERITY, f"{name} can't be read: {error}", name, fix="render again")
            continue
        if found.frames != manifest.frames:
            message = f"{name} has {found.frames} frames, the manifest says {manifest.frames}"
            yield subject.at_file(CODE, SEVERITY, message, name, fix="render again")
        if not found.steady or found.fps != manifest.fps:
            message = f"{name} does not run at a steady {manifest.fps} frames a second"
            yield subject.at_file(CODE, SEVERITY, message, name, fix="render again")
