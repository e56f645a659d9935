"""A small storyboard that shows the kind, rendered in the tests."""

from __future__ import annotations

from explainers.kinds._street_example import street_files

EXAMPLE = """
storyboard: 1
title: A small network
shots:
  - id: net
    kind: network
    title: Wide context, sharp edges
    statement: Two paths meet before the last layers.
    stand_in: street
    classes: classes
    size: 128x192x3
    rows: [[input, backbone, wide, up], [low, concat, refine, larger, scores, output]]
    layers:
      - id: backbone
        label: Backbone
        taps: {fine: {stride: 4, channels: 24}, deep: {stride: 16, channels: 96}}
      - id: wide
        label: Wide
        channels: 64
        parallel:
          - {id: pool, label: pooling}
          - {id: near, conv: 1x1}
          - {id: far, conv: 3x3, rate: 2}
      - {id: up, upsample: 4, size: 32x48}
      - {id: low, from: backbone.fine, conv: 1x1, channels: 16}
      - {id: concat, concat: [low, up]}
      - {id: refine, conv: 3x3, times: 2, channels: 64}
      - {id: larger, upsample: 4}
      - {id: scores, label: "softmax", conv: 1x1, channels: 9}
    beats:
      - {id: all, duration: 2s}
      - {id: wide, highlight: [wide], taps: [far]}
      - {id: fine, highlight: [low, concat]}
"""

EXAMPLE_FILES = street_files()
