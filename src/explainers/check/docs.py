"""The rules as a page, made from their docstrings, so that neither can say what the other does not."""

from __future__ import annotations

from explainers.check.rules import rules_of

_HEADINGS = {
    "words": (
        "Words, facts and assets",
        "Judged before anything is drawn, without Manim, in well under a second.",
    ),
    "pictures": (
        "Pictures",
        "Judged from what drawing a shot stored beside it: where every text stands at every rest, and how "
        "bright each part of each frame was. A shot that is not drawn as it is now is `not checked`, never "
        "passed.",
    ),
    "rendered": ("Delivered files", "Judged with `--rendered`, from the video's folder in `renders/`."),
    "page": ("The page", "Judged with `--page PAGE`, against the section that is about the video."),
}

_HEAD = """# Checks

`explainers check` judges a video before anybody sees it. Each finding has a code, a severity, a place
(`file:line:column`), where it concerns a picture the time and the region of the frame, and the fix. It
ends with 1 where there are errors, with `--strict` also where there are warnings.

A finding is let pass by its code with a reason, in a shot or for the whole video; the reason is printed
with every report:

```yaml
allow: {text-small: "axis ticks; the values stand in the statement"}
```

An allowance that lets nothing pass is reported (`unused-allowance`), and so is one of an unknown code
(`unknown-rule`). What the reader and the planner refuse (unknown keys, missing files, facts without a
source) is reported with their own codes and can't be let pass.

`--quality`, `--theme` and `--aspect` choose which drawn pictures are judged.

Rendering asks the same. Errors in words, facts and assets stop `explainers render` before anything is
drawn (a draft, and `--allow-slates`, may lack files), and errors in its pictures stop a final before it is
published; of a draft they are told. `--no-check` insists, and says that nothing was checked.

This page is made from the rules themselves: `explainers check --rules`.
"""


def page() -> str:
    """The page, as it is written to `docs/checks.md`."""
    parts = [_HEAD]
    for stage, (heading, words) in _HEADINGS.items():
        parts.append(f"## {heading}\n\n{words}\n")
        for rule in rules_of(stage):
            title, _, rest = rule.doc.partition("\n")
            body = f"\n{rest.strip()}\n" if rest.strip() else ""
            parts.append(f"### {rule.code}\n\n*{rule.severity}.* {title}\n{body}")
    return "\n".join(parts)
