"""The kind's example: a cache in front of a database."""

from __future__ import annotations

EXAMPLE = """
storyboard: 1
title: A cache in front of a database
shots:
  - id: cache
    kind: diagram
    title: A cache answers what it has seen
    statement: Two requests ask for two pages.
    nodes:
      visitors: {shape: tray, slots: 2, columns: 1, holds: [a, b], label: requests, label_at: top}
      proxy: Proxy
      cache: {shape: tray, slots: 3, columns: 1, holds: [c], label_at: bottom, counter: true, role: cache}
      database: {label: Database, role: buffer}
      answers: {shape: tray, slots: 2, columns: 1, label: answered, label_at: top, role: exit}
    tokens: {a: /home, b: /news, c: /home, d: /news}
    place:
      - {column: left, nodes: [visitors]}
      - {column: middle, label: Edge, nodes: [proxy, cache]}
      - {column: right, nodes: [answers, database]}
    edges:
      - visitors -> proxy
      - proxy -> cache
      - {from: proxy, to: answers, role: exit, badge: 1}
      - {from: cache, to: database, badge: 2, role: buffer}
      - database -> answers
    beats:
      - id: hit
        duration: 3s
        mark: 1
        statement: What was asked before is answered at once.
        move: {tokens: a, along: [visitors, proxy, answers], role: exit}
      - id: miss
        duration: 4s
        mark: 2
        highlight: [database]
        statement: What is new has to go to the database.
        move: {tokens: b, along: [visitors, proxy, cache, database]}
        then:
          - move: {tokens: b, along: [database, answers], role: exit}
      - id: keep
        duration: 3s
        highlight: [cache]
        statement: The answer stays in the cache.
        fill: {node: cache, with: d, from: database}
"""

EXAMPLE_FILES: dict[str, str] = {}
