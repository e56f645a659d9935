"""The drawn orderly street: even houses, crisp markings, few road users."""

from __future__ import annotations

from explainers.stage import street_riders as riders
from explainers.stage import street_things as things
from explainers.stage.perspective import Camera
from explainers.stage.street import SIZE, Moving, Standing, Street, Walker
from explainers.stage.street_houses import House

COLORS = {
    "sky": "#A9C4DC",
    "sky low": "#EDF2F6",
    "verge": "#93A58C",
    "road": "#70757F",
    "tar": "#70757F",
    "marking": "#FFFFFF",
    "pavement": "#C4C4C2",
    "joint": "#A9AAAB",
    "kerb": "#DADBDC",
    "kerb dark": "#D0D1D2",
}
WALLS = ("#C9B9A6", "#B8A99A", "#D3C8B8", "#BFB2A8")


def street() -> Street:
    """Right-hand traffic; the driver is in the right of two lanes."""
    houses = tuple(
        House(x, 3.0 + 11.0 * index, 11.0, 10.0, WALLS[(index + shift) % 4], "#5B5F68", "#6C8296")
        for x, shift in ((-9.6, 0), (7.0, 2))
        for index in range(9)
    )
    trees = tuple(
        Standing(things.tree(40 + i), x, 10.0 + 11.0 * i, 0.85) for i in range(8) for x in (-7.2, 4.9)
    )
    return Street(
        name="plain-street",
        camera=Camera(SIZE, (306.0, 178.0), 460.0),
        road=(-5.6, 2.9),
        pavements=(-9.6, 7.0),
        colors=COLORS,
        houses=houses,
        standing=(
            *trees,
            Standing(things.sign("park"), 3.4, 14.0),
            Standing(things.sign("cross"), 3.4, 30.0),
        ),
        moving=(
            Moving(riders.car("#3F5F86"), 0.35, 16.0, 4.2),
            Moving(riders.car("#A9AFB8"), 0.35, 34.0, 4.6),
            Moving(riders.car("#8E3B36", front=True), -3.4, 40.0, -5.0),
            Moving(riders.car("#5D6B62", front=True), -3.4, 70.0, -5.0),
        ),
        walkers=(Walker(("#6F7F9A", "#3A3F4A", "#3A2A20", None, False), 4.6, 18.0, 0.8),),
        speed=4.0,
    )
