#!/usr/bin/env bash
# What CI does for the films of a project; ci/action.yml calls it, and it runs on any machine with `explainers` and git.
#
#   ci/film.sh review BASE   what changed since BASE: drafts of changed shots alone, a comment, a page; ends with 1
#                            where a claim holds no more or an error is new
#   ci/film.sh publish       all videos rendered, with renditions for pages, and the pages themselves
#
# EXPLAINERS        the command, `explainers` by default
# EXPLAINERS_OUT    where comment.md, diff.html, diff.json and site/ go: film-ci by default
# EXPLAINERS_CODE   `--allow-code` lets the .py files beside the storyboards run
set -euo pipefail

explainers="${EXPLAINERS:-explainers}"
out="${EXPLAINERS_OUT:-film-ci}"
code="${EXPLAINERS_CODE:-}"

usage() { sed -n '4,7p' "$0" | sed 's/^# *//' >&2; exit 2; }

# Only the flag that is meant: what stands here may come from a workflow's input.
case "$code" in
    "" | --allow-code) ;;
    *) echo "film.sh: EXPLAINERS_CODE is --allow-code or nothing, not $code" >&2; exit 2 ;;
esac

review() {
    local base="$1" held=0
    mkdir -p "$out"
    # Both states are drawn from one store, and a shot that is in it is not drawn again.
    "$explainers" diff "$base" . ${code:+"$code"} --quality "${EXPLAINERS_QUALITY:-draft}" --fail --json \
        --html "$out/diff.html" --markdown "$out/comment.md" > "$out/diff.json" || held=$?
    if [ ! -f "$out/comment.md" ]; then
        echo "film.sh: the comparison did not finish" >&2
        exit "$held"
    fi
    # A summary can't show files: the pictures are in the page.
    sed '/^!\[/d' "$out/comment.md" > "$out/summary.md"
    if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then cat "$out/summary.md" >> "$GITHUB_STEP_SUMMARY"; fi
    cat "$out/summary.md"
    exit "$held"
}

publish() {
    mkdir -p "$out"
    "$explainers" batch ${code:+"$code"} ${EXPLAINERS_QUALITY:+--quality "$EXPLAINERS_QUALITY"}
    "$explainers" embed renditions
    "$explainers" embed site --out "$out/site"
}

case "${1:-}" in
    review) [ $# = 2 ] || usage; review "$2" ;;
    publish) [ $# = 1 ] || usage; publish ;;
    *) usage ;;
esac
