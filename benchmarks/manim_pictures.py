"""Two pictures written plainly for Manim's own command line, to compare render times with.

`FourBars`: four bars grow for 6 s with counting numbers, then 2 s of hold. `FiveBoxes`: labelled boxes
fade in, labels and arrows are drawn, a dot travels, 2 s of hold. Both are 8 s.
"""

import itertools

import manim as m

VALUES = (1.0, 2.1, 3.5, 5.2)


class FourBars(m.Scene):
    """Bars that grow together, each with its number at its end."""

    def construct(self):
        progress = m.ValueTracker(0)
        axis = m.NumberLine(
            x_range=[0, 6, 1], length=10, include_numbers=True, font_size=24, label_constructor=m.Text
        )
        self.add(axis.to_edge(m.DOWN))

        def bar(row: int, value: float) -> m.Mobject:
            def shape() -> m.Mobject:
                width = max(0.01, value * progress.get_value() * 10 / 6)
                box = m.Rectangle(width=width, height=0.6).set_fill(m.GREEN, 0.8)
                return box.next_to(axis.n2p(0), m.UP, buff=0.5 + row * 0.9, aligned_edge=m.LEFT)

            return m.always_redraw(shape)

        bars = [bar(row, value) for row, value in enumerate(VALUES)]

        def number(shape: m.Mobject, value: float) -> m.Mobject:
            return m.always_redraw(
                lambda: m.Text(f"{value * progress.get_value():.1f}x", font_size=28).next_to(shape, m.RIGHT)
            )

        self.add(*bars, *[number(shape, value) for shape, value in zip(bars, VALUES, strict=True)])
        self.play(progress.animate.set_value(1), run_time=6)
        self.wait(2)


class FiveBoxes(m.Scene):
    """A row of labelled boxes, arrows between them, and a dot that travels along."""

    def construct(self):
        boxes = m.VGroup(
            *[
                m.RoundedRectangle(width=2, height=1, corner_radius=0.1).set_fill(m.BLUE, 0.5)
                for _ in range(5)
            ]
        )
        boxes.arrange(m.RIGHT, buff=0.5)
        labels = m.VGroup(*[m.Text(f"Layer {i}", font_size=24).move_to(box) for i, box in enumerate(boxes)])
        pairs = itertools.pairwise(boxes)
        arrows = m.VGroup(*[m.Arrow(a.get_right(), b.get_left(), buff=0.05) for a, b in pairs])
        self.play(m.LaggedStart(*[m.FadeIn(box) for box in boxes]), run_time=2)
        self.play(m.Write(labels), m.Create(arrows), run_time=2)
        dot = m.Dot(color=m.YELLOW).move_to(boxes[0])
        for box in boxes[1:]:
            self.play(dot.animate.move_to(box), run_time=0.5)
        self.wait(2)
