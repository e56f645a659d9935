"""The commands `store stats`, `store verify` and `store gc`."""

from __future__ import annotations

import re
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from explainers.cli.options import AsJson, out, show_json, the_project
from explainers.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from explainers.render.store import Store

UNITS = {"": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
UNITS |= {"KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40}
_SIZE = re.compile(r"\s*(\d{1,15}(?:\.\d{1,6})?)\s*([A-Za-z]*)\s*")


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="The store of finished products in renders/.store.", no_args_is_help=True)
    for command in (stats, verify, gc):
        group.command()(command)
    app.add_typer(group, name="store")


def stats(as_json: AsJson = False) -> None:
    """How many products there are, of what sort, and how large they are."""
    from explainers.render import store as care

    found = care.stats(_store())
    if as_json:
        sorts = {name: {"products": count, "bytes": size} for name, (count, size) in found.sorts.items()}
        return show_json({"products": found.products, "bytes": found.bytes, "sorts": sorts})
    for name, (count, size) in sorted(found.sorts.items()):
        out().print(f"{name:<20} {count:>7} {shown(size):>10}")
    out().print(f"{'all':<20} {found.products:>7} {shown(found.bytes):>10}")
    if found.oldest_use is not None:
        days = max(0.0, time.time() - found.oldest_use) / care.DAY_S
        out().print(f"longest without use: {days:.1f} days; renders running now: {found.running}")
    return None


def verify(
    remove: Annotated[bool, typer.Option("--remove", help="Take damaged products away.")] = False,
    as_json: AsJson = False,
) -> int:
    """Look at every byte of every product; ends with 1 where one is damaged and stays.

    A damaged product does no harm: it is noticed when it is looked up, and made again.
    """
    from explainers.render import store as care

    store = _store()
    useless, all_of = care.damaged(store), len(care.kept(store))
    others = [one for one in useless if care.foreign(store, one)]
    bad = [one for one in useless if one not in others]
    if remove:
        care.remove(store, useless)
    if as_json:
        keys = {"damaged": [one.key for one in bad], "foreign": [one.key for one in others]}
        show_json({"products": all_of, **keys, "removed": remove})
    else:
        for one in bad:
            out().print(f"damaged: {one.key} ({one.sort})")
        state = "removed" if remove else "damaged"
        made = f", {len(others)} of another key, {'removed' if remove else 'not used'}" if others else ""
        out().print(f"{all_of} products, {len(bad)} {state if bad else 'damaged'}{made}")
    return 1 if bad and not remove else 0


def gc(
    max_size: Annotated[
        str | None, typer.Option(help="Leave at most so much, such as 5GB: what was used longest ago goes.")
    ] = None,
    keep_days: Annotated[
        float | None, typer.Option(min=0, help="Remove what was not used for so many days.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Remove products that were not used for long. Nothing of the last hour, or of a running render, goes."""
    from explainers.render import store as care

    if max_size is None and keep_days is None:
        raise UsageError("say what may stay: --max-size 5GB, --keep-days 30, or both")
    done = care.collect(_store(), size_of(max_size) if max_size is not None else None, keep_days)
    if as_json:
        return show_json(asdict(done))
    removed = f"{done.removed} products removed, {shown(done.removed_bytes)}"
    return out().print(f"{removed}; {done.left} are left, {shown(done.left_bytes)}")


def size_of(text: str) -> int:
    """Bytes of a size such as `5GB`, `1.5 GiB` or `400`; UsageError with what was expected."""
    match = _SIZE.fullmatch(text)
    if match is None or match[2].upper() not in UNITS:
        hint = did_you_mean(match[2].upper(), filter(None, UNITS)) if match else ""
        expected = "expected a number and a unit, such as 5GB or 1.5GiB"
        raise UsageError(f"{text!r} is no size; {expected}{hint and '; ' + hint}")
    return int(float(match[1]) * UNITS[match[2].upper()])


def shown(size: int) -> str:
    """Bytes as people read them, in powers of ten."""
    value = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def _store() -> Store:
    from explainers.render.store import Store

    return Store(the_project().store_dir)
