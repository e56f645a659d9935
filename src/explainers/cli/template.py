"""What `new` writes. A test renders it."""

SETTINGS = """\
[tool.explainers]
theme = "ink"
quality = "final"
"""

STORYBOARD = """\
# yaml-language-server: $schema={schema}
storyboard: 1
title: "A scheduler, before and after"
description: "A first storyboard: a title, two bars and a closing card."
facts:
  before: {{table: throughput, where: {{run: before}}, value: tokens_per_s, unit: tokens/s, format: .1f}}
  after: {{table: throughput, where: {{run: after}}, value: tokens_per_s, unit: tokens/s, format: .1f}}
  gain: {{value: after / before - 1, format: "+.1%"}}

shots:
  - id: opening
    kind: title
    heading: "A scheduler, before and after"
    subtitle: "What one change is worth"
    cue: "One change to the scheduler, and the same workload before and after it."

  - id: throughput
    kind: bars
    title: "Throughput {{gain}}"
    statement: "The new scheduler writes {{gain:.1%}} more tokens per second."
    cue: "From {{before}} to {{after}} tokens per second. The numbers are made up: put yours in the table."
    table: throughput
    key: run
    value: tokens_per_s
    unit: "tokens/s"
    bars:
      - {{row: before, label: "Before"}}
      - {{row: after, label: "After", role: ours}}

  - id: closing
    kind: title
    heading: "{{gain}} throughput"
    subtitle: "Your paper, your link"
"""

ASSETS = """\
# Where every number and picture of this video comes from.
sources:
  example:
    kind: illustration
    label: made-up numbers
    citation: "Made-up numbers that show how a storyboard works; replace them with yours."

tables:
  throughput: {file: data/throughput.csv, source: example}
"""

TABLE = """\
run,tokens_per_s
before,112.4
after,123.9
"""
