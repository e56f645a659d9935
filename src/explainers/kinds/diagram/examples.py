"""The kind's example: a web cache in front of a database."""

from __future__ import annotations

EXAMPLE = """
storyboard: 1
title: A cache in front of a database
shots:
  - id: cache
    kind: diagram
    title: A cache answers what it has seen
    statement: What was asked before never reaches the database.
    place:
      - {column: clients, nodes: [requests], share: 0.22}
      - {column: edge, nodes: [cache], share: 0.3, label: Edge, role: cache}
      - {column: origin, nodes: [database], share: 0.22}
    nodes:
      requests: {shape: tray, slots: 3, columns: 1, holds: [a, b, c], label: requests, label_at: bottom}
      cache: {shape: tray, slots: 2, label: "cached", label_at: bottom, counter: true, role: cache}
      database: {label: Database, role: buffer}
    edges: [requests -> cache, {from: cache, to: database, badge: 1}]
    beats:
      - {id: first, move: {tokens: [a], into: cache}}
      - {id: miss, mark: 1, highlight: [database], pulse: {along: [cache, database]}}
      - {id: hit, fill: {node: cache, with: b}, then: [{recolor: {b: exit}}]}
"""

EXAMPLE_FILES: dict[str, str] = {}
