"""What the recorder costs: 200 streams at once from a server on loopback with a known schedule.

    python benchmarks/runs_recorder.py [streams] [tokens a second a stream]

The server, a process of its own, notes when it wrote each token, on the same monotonic clock. The
recording may differ from that by less than 1 %, in total time and in token rate.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from explainers.record import Recording, Side, record

TOKENS, FIRST_S = 200, 0.2
LIMIT = 0.01


def serve(pipe: Connection, gap_s: float) -> None:
    """Streams until told to stop, then sends the moments of all writes, a list a request."""
    written: dict[str, list[float]] = {}

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(
            int(line[15:]) for line in head.split("\r\n") if line.lower().startswith("content-length:")
        )
        prompt = json.loads(await reader.readexactly(length))["prompt"]
        moments = written.setdefault(prompt, [])
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        due = time.perf_counter() + FIRST_S
        body = b'data: {"choices": [{"index": 0, "text": " token", "finish_reason": null}]}\n\n'
        chunk = f"{len(body):x}\r\n".encode() + body + b"\r\n"
        for _ in range(TOKENS):
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            moments.append(time.perf_counter())
            writer.write(chunk)
            due += gap_s
        usage = {"choices": [], "usage": {"prompt_tokens": 8, "completion_tokens": TOKENS}}
        for text in (json.dumps(usage), "[DONE]"):
            data = f"data: {text}\n\n".encode()
            writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        writer.close()

    async def run() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=1024)
        pipe.send(server.sockets[0].getsockname()[1])
        await asyncio.get_running_loop().run_in_executor(None, pipe.recv)
        server.close()
        pipe.send(written)

    asyncio.run(run())


def main() -> None:
    streams = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    rate = float(sys.argv[2]) if len(sys.argv) > 2 else 25.0
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(theirs, 1 / rate), daemon=True)
    server.start()
    with tempfile.TemporaryDirectory() as folder:
        dataset = Path(folder) / "prompts.jsonl"
        dataset.write_text(
            "".join(json.dumps({"id": f"p{n}", "prompt": f"p{n}"}) + "\n" for n in range(streams))
        )
        side = Side(f"http://127.0.0.1:{ours.recv()}", "side", model="m")
        before = cpu_s()
        start = time.perf_counter()
        settings = {"warmup": 0, "max_tokens": TOKENS, "keep_text": False}
        (_, run), *_ = record(Recording(dataset, (side,), Path(folder), **settings)).runs
        took, used = time.perf_counter() - start, cpu_s() - before
    ours.send("stop")
    report(run, ours.recv(), took, used)


def report(run, written: dict[str, list[float]], took: float, used: float) -> None:
    truth = np.array([written[each] for each in run.requests.ids])
    found = run.tokens.at_s.reshape(truth.shape)
    # The clocks differ by a constant: the earliest token of all came at the same moment on both.
    late = (found - truth) - (found - truth).min()
    spans = truth[:, -1] - truth[:, 0], found[:, -1] - found[:, 0]
    rates = (truth.shape[1] - 1) / spans[1].mean(), (truth.shape[1] - 1) / spans[0].mean()
    total = (found.max() - found.min()) / (truth.max() - truth.min()) - 1
    slower = rates[0] / rates[1] - 1
    last = np.median(late[:, -1]) * 1e3
    half, most = np.median(late) * 1e3, np.percentile(late, 99) * 1e3
    print(f"{truth.shape[0]} streams, {truth.size:,} tokens in {took:.1f} s")
    print(f"tokens a second a stream    written {rates[1]:.3f}, recorded {rates[0]:.3f}: {slower:+.3%}")
    print(f"first to last token         {total:+.3%}")
    print(f"a token is noted late by    p50 {half:.2f} ms, p99 {most:.2f} ms, last of a stream {last:.2f} ms")
    print(
        f"processor time              {used / took:.1%} of one core, {used / truth.size * 1e6:.0f} us a token"
    )
    if max(abs(slower), abs(total)) >= LIMIT:
        raise SystemExit("the recording differs by 1 % or more")


def cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
