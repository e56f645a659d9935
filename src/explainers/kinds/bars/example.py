"""A small storyboard that shows the kind, rendered in the tests."""

EXAMPLE = """
storyboard: 1
title: Bars
facts:
  plain: {table: speeds, where: {system: plain}, value: tokens_per_s}
  ours: {table: speeds, where: {system: ours}, value: tokens_per_s}
shots:
  - id: speeds
    kind: bars
    title: Faster by a fifth
    statement: "Ours writes {ours:.0f} tokens a second, plain {plain:.0f}."
    table: speeds
    key: system
    value: tokens_per_s
    unit: tokens / s
    error: plus_minus
    bars:
      - {row: plain, label: Plain}
      - {row: ours, label: Ours, role: ours}
      - {row: rough, label: Rough}
    beside: {value: score, heading: Score, format: .2f, warn: [rough]}
    reference: {at: plain}
    beats:
      - {id: grow, duration: 3s}
      - {id: compare, duration: 2s, highlight: [plain, ours]}
"""

EXAMPLE_FILES = {
    "assets.yaml": """
sources:
  made-up: {kind: illustration, label: made-up numbers, citation: Numbers made up for this example}
tables:
  speeds: {file: data/speeds.csv, source: made-up}
""",
    "data/speeds.csv": """system,tokens_per_s,plus_minus,score
plain,100,3,0.91
ours,120,4,0.90
rough,151,6,0.62
""",
}
