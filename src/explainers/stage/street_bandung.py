"""What stands and moves in the drawn Bandung street."""

from __future__ import annotations

from explainers.stage import street_riders as riders
from explainers.stage import street_things as things
from explainers.stage.perspective import Camera
from explainers.stage.street import SIZE, Moving, Standing, Street, Walker
from explainers.stage.street_houses import House

COLORS = {
    "sky": "#8CC4EE",
    "sky low": "#E9F4FB",
    "hills": "#8FB3A8",
    "hills near": "#6E9F7C",
    "verge": "#7FA865",
    "road": "#6A6F7C",
    "tar": "#545965",
    "marking": "#E9E7DC",
    "pavement": "#CDAE93",
    "joint": "#A98A70",
    "kerb": "#EDEBE4",
    "kerb dark": "#2F333B",
}


def street() -> Street:
    """Left-hand traffic; the driver is in the left of two lanes."""
    return Street(
        name="street",
        camera=Camera(SIZE, (270.0, 178.0), 460.0),
        road=(-2.5, 5.3),
        pavements=(-6.2, 9.4),
        colors=COLORS,
        houses=_houses(),
        standing=_standing(),
        moving=_moving(),
        walkers=_walkers(),
        speed=4.0,
        worn=0.8,
    )


def _houses() -> tuple[House, ...]:
    left = (
        (5.0, 8.0, 4.6, "#E9DFC7", "#B5583E", "#7FA3B8", "#C9433A"),
        (14.5, 9.0, 6.4, "#D9C3A0", "#9C4A36", "#5E7F97", None),
        (25.0, 7.0, 4.2, "#C7D6CF", "#7B5B4A", "#6E93A6", "#2F7F6B"),
        (33.5, 11.0, 7.6, "#EFE7DA", "#A65440", "#6B8CA3", "#E0A030"),
        (46.0, 9.0, 5.0, "#E3C9B4", "#8F4C3B", "#7598AC", None),
        (57.0, 12.0, 8.4, "#D5D3CC", "#7C6A60", "#5F7E95", "#C9433A"),
        (71.0, 14.0, 6.0, "#E8DCC0", "#AA5741", "#6C8FA4", None),
        (88.0, 20.0, 9.0, "#DAD4C8", "#8C5A48", "#6C8FA4", None),
    )
    right = (
        (4.0, 7.0, 5.2, "#DCE3E2", "#6F5B52", "#6B8CA3", "#2C6FAE"),
        (12.5, 10.0, 4.4, "#EAD2B0", "#B5583E", "#7FA3B8", "#E0A030"),
        (24.5, 8.0, 7.2, "#F0EADF", "#97503C", "#5E7F97", None),
        (34.0, 10.0, 4.8, "#D0DAD3", "#8F4C3B", "#7598AC", "#C9433A"),
        (46.0, 12.0, 9.0, "#E5DCCB", "#77655B", "#5F7E95", None),
        (60.0, 12.0, 5.6, "#E8D5BC", "#A65440", "#6C8FA4", "#2F7F6B"),
        (75.0, 24.0, 7.6, "#DAD4C8", "#8C5A48", "#6C8FA4", None),
    )
    return tuple(
        House(x, z, length, height, wall, roof, windows, awning)
        for x, rows in ((-6.2, left), (9.4, right))
        for z, length, height, wall, roof, windows, awning in rows
    )


def _standing() -> tuple[Standing, ...]:
    found = []
    for index, (z, size) in enumerate(
        (
            (12.2, 1.05),
            (22.0, 1.1),
            (31.0, 1.2),
            (40.0, 1.1),
            (50.0, 1.25),
            (61.0, 1.15),
            (72.0, 1.3),
            (84.0, 1.2),
            (98.0, 1.3),
        )
    ):
        found.append(Standing(things.tree(index), -4.5, z, size))
    for index, (z, size) in enumerate(
        (
            (9.0, 1.0),
            (20.5, 1.12),
            (29.0, 1.05),
            (38.0, 1.2),
            (48.0, 1.1),
            (58.0, 1.2),
            (70.0, 1.25),
            (83.0, 1.2),
            (97.0, 1.3),
        )
    ):
        found.append(Standing(things.tree(index + 20), 7.4, z, size))
    found += [
        Standing(things.palm(3), 8.6, 15.0, 1.15),
        Standing(things.palm(5), -5.6, 27.0, 1.1),
        Standing(things.palm(8), 8.5, 43.0, 1.2),
    ]
    found += [
        Standing(things.bush(), x, z)
        for x, z in ((-4.6, 8.2), (-4.6, 16.5), (7.5, 13.2), (7.5, 24.0), (-4.6, 35.0))
    ]
    found += [
        Standing(things.stall("#D8483C", "#F6EEDC"), -3.9, 14.2, 1.05, "stall"),
        Standing(things.stall("#2F86B5", "#F6EEDC"), -4.0, 24.6, 1.05, "stall"),
        Standing(things.stall("#E0A030", "#FFF7E6"), 6.8, 17.6, 1.0, "stall"),
        Standing(things.stall("#3C8F62", "#F6EEDC"), 6.8, 33.0, 1.0, "stall"),
        Standing(things.sign("stop"), -2.95, 18.4),
        Standing(things.sign("cross"), 5.8, 25.5),
        Standing(things.sign("way"), 6.2, 40.0, 1.15),
        Standing(things.sign("park"), -2.95, 37.0),
        Standing(riders.car("#B9BEC8"), 4.35, 21.5),
    ]
    return tuple(found)


def _moving() -> tuple[Moving, ...]:
    return (
        Moving(riders.van(), -0.55, 19.5, 3.4, 0.06, 5.0, "van"),
        Moving(riders.car("#C9CED6"), 0.1, 32.0, 4.2, 0.05, 4.0),
        Moving(
            riders.motorcycle("#D96C3C", "#F2F2F0", pillion="#7A5AA6"),
            0.98,
            10.6,
            4.0,
            0.16,
            3.2,
            "motorcycle",
        ),
        Moving(riders.motorcycle("#3F6FB5", "#D23B33", load=True), -1.9, 13.6, 3.9, 0.12, 2.7, "motorcycle"),
        Moving(riders.motorcycle("#4B9A7A", "#2A2E36"), 0.85, 24.0, 4.4, 0.18, 3.6, "motorcycle"),
        Moving(riders.motorcycle("#E3B23C", "#FFFFFF"), -1.75, 29.0, 4.6, 0.14, 3.0, "motorcycle"),
        Moving(riders.car("#B8423A", front=True), 3.0, 42.0, -5.0),
        Moving(riders.van("#3E7FB0", "#F6EEDC", front=True), 3.1, 62.0, -5.2),
        Moving(riders.motorcycle("#8E4A86", "#2F6FB5", front=True), 2.0, 34.0, -5.5, 0.15, 2.9, "motorcycle"),
        Moving(
            riders.motorcycle("#C2503F", "#F0E9D8", front=True), 2.15, 54.0, -6.0, 0.15, 3.3, "motorcycle"
        ),
        Moving(riders.motorcycle("#4F7F4A", "#23262D", front=True), 4.0, 76.0, -6.0, 0.12, 3.1, "motorcycle"),
    )


def _walkers() -> tuple[Walker, ...]:
    return (
        Walker(("#E8B9C4", "#6B4C7C", "#7A4E86", None, True), -3.2, 11.4, 0.9),
        Walker(("#F2E6C8", "#35506E", "#2A211C", "#B4703C", False), -3.5, 21.0, -0.8),
        Walker(("#5FA08C", "#3A3F52", "#251E1A", None, False), 6.3, 14.6, -0.9),
        Walker(("#D9694A", "#4A4038", "#C9B28A", "#5C7FB0", True), 6.6, 22.4, 0.8),
        Walker(("#F0D36B", "#3A4660", "#251E1A", None, False), 5.0, 31.5, 0.2, -0.9),
        Walker(("#6F8FD0", "#40424E", "#251E1A", None, False), -3.4, 33.0, 0.7),
    )
