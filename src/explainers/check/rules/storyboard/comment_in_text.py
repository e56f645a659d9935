"""A comment begins right after a text.

In YAML a ` #` ends an unquoted value, and what follows is a comment: `The fix for #412` is read as `The fix
for`. That is found after every text that is shown, and after any other value where the `#` touches a word, as
it does in `GPU #2` and does not in `# a remark`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from explainers.check.finding import Finding
from explainers.check.subject import Words
from explainers.storyboard.document import Document
from explainers.storyboard.mistakes import Loc, quoted

CODE: Final = "comment-in-text"
SEVERITY: Final = "warning"
_SHOWN_OF_ASSETS = frozenset(("citation", "label", "shows", "credit", "note", "licence"))


def find(subject: Words) -> Iterable[Finding]:
    shown = {text.loc for text in subject.plan.texts}
    shots = {loc: shot for shot, loc in subject.shot_locs.items()}
    for loc in subject.plan.document.comments:
        if (found := _cut(subject.plan.document, loc, loc in shown)) is not None:
            yield subject.found(CODE, SEVERITY, found[0], loc, shot=shots.get(loc[:2]), fix=found[1])
    if (assets := subject.plan.library.document) is not None:
        for loc in assets.comments:
            if (found := _cut(assets, loc, loc[-1] in _SHOWN_OF_ASSETS)) is not None:
                yield subject.found(CODE, SEVERITY, found[0], loc, fix=found[1], assets=True)


def _cut(document: Document, loc: Loc, shown: bool) -> tuple[str, str] | None:
    """What is read of the value at `loc` and how to write it, where a comment may have been text."""
    comment = document.cut_off(loc)
    if not (shown or comment[1:2].strip()):
        return None
    read: Any = document.data
    for step in loc:
        read = read[step]
    text = read if isinstance(read, str) else ""
    what = f"the text is {text!r}" if text else "the value is empty"
    whole = quoted(f"{text} {comment}".strip())
    alone = f"{quoted(text)} {comment}" if text and shown else f"# {comment[1:]}"
    return f"{what}: what follows the # is a comment", f"{whole}, or, if it is a comment, {alone}"
