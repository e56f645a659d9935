"""Allowances (`allow: {code: reason}`) that name no rule, or let nothing pass."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from explainers.check.finding import Finding
from explainers.check.rules import rules
from explainers.check.subject import Words
from explainers.errors import nearest
from explainers.storyboard.mistakes import Loc

UNKNOWN, UNUSED = "unknown-rule", "unused-allowance"


def unused(
    words: Words, run: Collection[str], used: Collection[tuple[str | None, str]], unseen: Collection[str]
) -> Iterator[Finding]:
    """Findings about allowances. `run` are the rules that looked, `used` shot and code of what was let
    pass, `unseen` the shots whose pictures could not be looked at."""
    written = list(_all(words))
    # Most storyboards let nothing pass, and then no further rules need to be imported.
    known = {rule.code for rule in rules()} if written else set()
    for loc, shot, code in written:
        if code not in known:
            near = nearest(code, known)
            fix = f"did you mean {near!r}?" if near else "`explainers check --rules` lists the codes"
            yield words.found(
                UNKNOWN, "warning", f"there is no rule {code!r}", loc, key=True, shot=shot, fix=fix
            )
        elif code in run and not (unseen if shot is None else shot in unseen):
            hits = [one for one in used if one[1] == code and shot in (None, one[0])]
            if not hits:
                message = f"{code} finds nothing here to let pass"
                yield words.found(UNUSED, "warning", message, loc, key=True, shot=shot, fix="remove it")


def _all(words: Words) -> Iterator[tuple[Loc, str | None, str]]:
    for code in words.plan.storyboard.allow:
        yield ("allow", code), None, code
    for index, shot in enumerate(words.plan.storyboard.shots):
        for code in shot.allow:
            yield ("shots", index, "allow", code), shot.id, code
