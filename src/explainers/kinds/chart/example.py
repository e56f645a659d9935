"""A small storyboard that shows the kind, rendered in the tests."""

EXAMPLE = """
storyboard: 1
title: Charts
shots:
  - id: growth
    kind: chart
    title: It scales
    statement: Ours keeps its lead as the batch grows.
    mark: line
    table: scaling
    key: batch
    x: {label: batch size}
    y: {label: tokens / s}
    series:
      - {id: plain, label: Plain, x: batch, y: plain}
      - {id: ours, label: Ours, role: ours, x: batch, y: ours, points: true, values: {rows: ["32"]}}
    beats:
      - {id: before, duration: 2.5s, show: [plain]}
      - {id: after, duration: 2.5s, show: [ours]}
  - id: parts
    kind: chart
    title: Where the time goes
    panels:
      - id: gain
        heading: Gain by batch size
        mark: dots
        table: scaling
        key: batch
        x: {label: gain, format: +.0%}
        series: [{value: ours / plain - 1, role: ours, values: {format: +.0%}}]
        bands: [{low: 0.1, high: 0.2, label: expected}]
      - id: parts
        heading: Time by stage
        mark: stacked
        table: parts
        key: stage
        x: {label: seconds}
        series:
          - {label: Compute, value: compute, role: accent}
          - {label: Wait, value: wait, role: stay}
    beats:
      - {id: gain, duration: 3s}
      - {id: parts, duration: 3s, show: [parts], highlight: [parts]}
"""

EXAMPLE_FILES = {
    "assets.yaml": """
sources:
  made-up: {kind: illustration, label: made-up numbers, citation: Numbers made up for this example}
tables:
  scaling: {file: data/scaling.csv, source: made-up}
  parts: {file: data/parts.csv, source: made-up}
""",
    "data/scaling.csv": "batch,plain,ours\n4,60,64\n8,110,122\n16,190,221\n32,300,360\n",
    "data/parts.csv": "stage,compute,wait\nprefill,4,1\ndecode,9,3\n",
}
