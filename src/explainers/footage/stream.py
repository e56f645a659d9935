"""A program's output, taken apart: text, controls and sequences, each done on a screen.

Whatever a screen does not know (titles, links, pictures, questions to the terminal) never shows as text.
Sequences, and characters beyond the first 65,536, may be split between two writes.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from explainers.footage.screen import Cell, Screen

_TOKEN = re.compile(
    r"(?P<text>[^\x00-\x1f\x7f]+)"
    r"|\x1b\[(?P<csi>[0-?\x00-\x17\x19\x1c-\x1f\x7f]*[ -/\x00-\x17\x19\x1c-\x1f\x7f]*[@-~])"
    r"|\x1b(?P<string>[\]PX^_])[^\x07\x18\x1a\x1b]*(?:[\x18\x1a]|\x1b\\|\x07|(?=\x1b))"
    r"|\x1b(?P<set>[()*+\-./])(?P<name>[ -/]?[0-~])"
    r"|\x1b(?P<other>[#% ][0-~]|[0-OQ-WYZ\\`-~])"
    r"|(?P<control>[\x00-\x1f\x7f])"
)
_UNFINISHED = re.compile(
    r"(?:\x1b(?:\[[^@-~\x18\x1a\x1b]*|[\]PX^_][^\x07\x18\x1a\x1b]*\x1b?|[()*+\-./#% ][ -/]?)?"
    r"|[\ud800-\udbff])$"
)
_HELD = 1 << 20
_LEVELS = {"(": 0, "*": 2, ".": 2, "+": 3, "/": 3}
_C1 = re.compile("[\x80-\x9f]")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_HALVES = re.compile("[\ud800-\udfff]")


class Stream:
    """Feeds a screen."""

    def __init__(self, screen: Screen):
        self._screen = screen
        self._rest = ""
        self._csi = _sequences(screen)
        self._rendered: dict[str, tuple[tuple[int, ...], ...]] = {}

    def feed(self, data: str) -> None:
        """Take in some output; what is left of an unfinished sequence waits for the next."""
        data, self._rest = self._rest + data, ""
        unfinished = _UNFINISHED.search(data, max(0, data.rfind("\x1b", 0, -1) - 1))
        if unfinished and len(unfinished[0]) < _HELD:
            self._rest, data = unfinished[0], data[: unfinished.start()]
        if not data.isascii():
            if _HALVES.search(data):
                data = data.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
            data = _C1.sub(lambda match: f"\x1b{chr(ord(match[0]) - 0x40)}", data)
        for token in _TOKEN.finditer(data):
            kind = token.lastgroup
            if kind == "text":
                self._screen.draw(token["text"])
                continue
            if kind == "csi":
                self._sequence(token["csi"])
            elif kind == "control":
                self._control(token["control"])
            elif kind == "name":
                self._screen.designate(_LEVELS.get(token["set"], 1), token["name"])
            elif kind == "other":
                self._escape(token["other"])
            self._screen.forget()

    def _sequence(self, body: str) -> None:
        if _CONTROLS.search(body):
            # Controls inside a sequence are done at once, as if they stood before it.
            for control in _CONTROLS.findall(body):
                self._control(control)
            body = _CONTROLS.sub("", body)
        final, parameters = body[-1], body[:-1]
        if final == "m" and not parameters.startswith(("<", "=", ">", "?")):
            found = self._rendered.get(parameters)
            if found is None:
                found = self._rendered[parameters] = _numbers(parameters)
            self._screen.render(found)
        elif final in "hl":
            private = parameters.startswith("?")
            if private or not parameters.startswith(("<", "=", ">")):
                for number in _numbers(parameters.lstrip("?")):
                    self._screen.mode(number[0], final == "h", private)
        elif parameters == "!" and final == "p":
            self._screen.soft_reset()
        elif final in self._csi and not parameters.strip("0123456789;:"):
            self._csi[final]([number[0] for number in _numbers(parameters)])

    def _control(self, control: str) -> None:
        screen = self._screen
        if control in "\n\x0b\x0c":
            screen.line_feed()
        elif control == "\r":
            screen.x = 0
        elif control == "\b":
            screen.move(-1, 0)
        elif control == "\t":
            screen.tab()
        elif control in "\x0e\x0f":
            screen.level = 1 if control == "\x0e" else 0

    def _escape(self, code: str) -> None:
        screen = self._screen
        if code in "DME":
            screen.x = 0 if code == "E" else screen.x
            screen.index(up=code == "M")
        elif code in "78":
            (screen.save if code == "7" else screen.restore)()
        elif code in "no|}~":
            screen.level = {"n": 2, "o": 3, "|": 3, "}": 2, "~": 1}[code]
        elif code == "H":
            screen.set_stop()
        elif code == "c":
            screen.reset()
        elif code == "#8":
            screen.align()
        elif code in ("%G", "%@"):
            screen.level = 0
            screen.designate(0, "B")


def _numbers(parameters: str) -> tuple[tuple[int, ...], ...]:
    """Parameters between semicolons, each with its parts between colons; 0 where nothing is written."""
    return tuple(
        tuple(min(int(part or 0), 99999) if part.isdigit() or not part else 0 for part in number.split(":"))
        for number in parameters.split(";")
    )


def _sequences(screen: Screen) -> dict[str, Callable[[list[int]], None]]:
    """What each final letter of a sequence does with its parameters."""

    def first(do: Callable[[int], None]) -> Callable[[list[int]], None]:
        return lambda numbers: do(numbers[0] or 1)

    def to_line(numbers: list[int], down: int) -> None:
        screen.move(0, down * (numbers[0] or 1))
        screen.x = 0

    def column(n: int) -> None:
        screen.x = max(0, min(n - 1, screen.columns - 1))

    return {
        "@": first(screen.insert_cells),
        "A": first(lambda n: screen.move(0, -n)),
        "B": first(lambda n: screen.move(0, n)),
        "C": first(lambda n: screen.move(n, 0)),
        "D": first(lambda n: screen.move(-n, 0)),
        "E": lambda numbers: to_line(numbers, 1),
        "F": lambda numbers: to_line(numbers, -1),
        "G": first(column),
        "H": lambda numbers: screen.place([*numbers, 0][1] - 1, (numbers[0] or 1) - 1),
        "I": first(screen.tab),
        "J": lambda numbers: screen.erase_display(numbers[0]),
        "K": lambda numbers: screen.erase_line(numbers[0]),
        "L": first(screen.insert_lines),
        "M": first(lambda n: screen.insert_lines(-n)),
        "P": first(screen.delete_cells),
        "S": first(screen.scroll),
        "T": first(lambda n: screen.scroll(-n, blank=Cell().style)),
        "X": first(screen.erase_cells),
        "Z": first(lambda n: screen.tab(-n)),
        "`": first(column),
        "a": first(lambda n: screen.move(n, 0)),
        "b": first(screen.repeat),
        "d": first(lambda n: screen.place(min(screen.x, screen.columns - 1), n - 1)),
        "e": first(screen.move_lines),
        "f": lambda numbers: screen.place([*numbers, 0][1] - 1, (numbers[0] or 1) - 1),
        "g": lambda numbers: screen.clear_stops(numbers[0] == 3) if numbers[0] in (0, 3) else None,
        "r": lambda numbers: screen.margins(numbers[0], [*numbers, 0][1]),
        "s": lambda numbers: screen.save(),
        "u": lambda numbers: screen.restore(),
    }
