"""A small storyboard that shows the kind, rendered in the tests."""

from __future__ import annotations

from explainers.kinds._street_example import street_files

EXAMPLE = """
storyboard: 1
title: An app
shots:
  - id: app
    kind: phone
    title: A picture goes in
    statement: One tap asks the service.
    stand_in: street
    classes: classes
    drawn_note: "illustration: drawn screens"
    screens:
      - id: pick
        label: Pick
        background: ["#FAF4ED"]
        parts:
          - {heading: "Which model?", color: "#22304A"}
          - {id: small, choice: small, color: "#22304A", fill: "#FFFFFF"}
          - {id: large, choice: large, color: "#22304A", fill: "#FFFFFF"}
          - {id: go, button: Go, fill: "#404CD0", color: "#FFFFFF"}
      - id: result
        label: Look
        background: ["#FAF4ED"]
        parts:
          - {heading: Result, color: "#22304A"}
          - {picture: image}
          - {id: overlay, picture: overlay}
          - {id: classes, legend: true, color: "#22304A"}
    cards:
      - {id: request, heading: Request, code: [POST /large]}
      - {id: reply, heading: Reply, code: [iVBORw0KGgo...], text: "a PNG in {=base64}", to: device}
    beats:
      - {id: choose, tap: large, duration: 2s}
      - {id: send, tap: go, reveal: [request]}
      - {id: show, screen: result, reveal: [reply]}
      - {id: look, scroll: overlay}
"""

EXAMPLE_FILES = street_files()
