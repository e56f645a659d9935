#!/bin/sh
# What the browser, engine and terminal tests need besides Python packages: Debian's chromium, firefox-esr, WebKit,
# hugo, jekyll, ffprobe and npm, and npm's packages of node/package.json here and in ../footage. Does nothing where it
# is all there. Run by `make test`.
set -eu
cd "$(dirname "$0")"

missing=""
for program in chromium hugo jekyll firefox-esr; do
    command -v "$program" >/dev/null 2>&1 || missing="$missing $program"
done
# WebKit has its decoders from GStreamer, and draws on a screen in memory.
command -v WebKitWebDriver >/dev/null 2>&1 && command -v xvfb-run >/dev/null 2>&1 ||
    missing="$missing webkit2gtk-driver gstreamer1.0-libav gstreamer1.0-plugins-good gstreamer1.0-gl xvfb xauth"
command -v ffprobe >/dev/null 2>&1 || missing="$missing ffmpeg"
command -v npm >/dev/null 2>&1 || missing="$missing nodejs npm"
if [ -n "$missing" ]; then
    as_root=""
    [ "$(id -u)" = 0 ] || as_root="sudo"
    $as_root apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing
fi

# The stamp holds what was asked for; another package.json or lock file installs anew.
for folder in node ../footage/node; do
    (
        cd "$folder"
        wanted="$(cat package.json package-lock.json | cksum)"
        if [ "$(cat node_modules/.installed 2>/dev/null || true)" != "$wanted" ]; then
            npm ci --no-audit --no-fund --loglevel=error
            echo "$wanted" >node_modules/.installed
        fi
    )
done
