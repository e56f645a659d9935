"""A real HTTP server on loopback that streams with known timings, and misbehaves on request.

A prompt is its script, words such as `first=0.02 gap=0.01 tokens=5 pack=2 cut=3 stall=2 bad=2 status=429
times=1 silent`. What was written when is kept in `server.written`, on the clock the recorder uses.
"""

import asyncio
import json
import threading
import time

import pytest


class Server:
    def __init__(self):
        self.written: dict[str, list[float]] = {}
        self.asked: list[dict] = []
        self.headers: list[str] = []
        self.failures: dict[str, int] = {}
        self.slow = 1.0
        self.ready = threading.Event()
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()
        self.ready.wait(5)

    def _serve(self):
        asyncio.run(self._until_stopped())

    async def _until_stopped(self):
        self.loop, self.stopped = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self.ready.set()
        await self.stopped.wait()
        server.close()

    def stop(self):
        self.loop.call_soon_threadsafe(self.stopped.set)
        self.thread.join(5)

    async def _answer(self, reader, writer):
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                text = head.decode()
                self.headers.append(text)
                length = next(
                    (
                        int(line[15:])
                        for line in text.split("\r\n")
                        if line.lower().startswith("content-length:")
                    ),
                    0,
                )
                body = await reader.readexactly(length)
                if text.startswith("GET"):
                    await self._plain(writer, 200, {"data": [{"id": "served-model"}]})
                elif not await self._stream(writer, json.loads(body)):
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _plain(self, writer, status, value, extra=""):
        body = json.dumps(value).encode()
        writer.write(f"HTTP/1.1 {status} Words\r\nContent-Length: {len(body)}\r\n{extra}\r\n".encode() + body)
        await writer.drain()

    async def _stream(self, writer, asked):
        """False where the connection is cut."""
        self.asked.append(asked)
        text = asked["prompt"] if "prompt" in asked else asked["messages"][-1]["content"]
        script = dict(([*word.split("="), "1"])[:2] for word in text.split())
        if "status" in script and self.failures.get(text, 0) < int(script.get("times", 99)):
            self.failures[text] = self.failures.get(text, 0) + 1
            words = {
                "error": {"message": "key was " + self.headers[-1].partition("Bearer ")[2].partition("\r")[0]}
            }
            await self._plain(writer, int(script["status"]), words, "Retry-After: 0.05\r\n")
            return True
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        chat, pack = "messages" in asked, int(script.get("pack", 1))
        tokens = int(script.get("tokens", 5))
        written = self.written.setdefault(text, [])
        due = time.perf_counter() + float(script.get("first", 0.02)) * self.slow
        for index in range(0, tokens, pack):
            if script.get("cut") == str(index):
                writer.transport.abort()
                return False
            if script.get("stall") == str(index):
                await asyncio.sleep(30)
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            piece = "".join(f"t{each} " for each in range(index, min(index + pack, tokens)))
            choice = {"delta": {"content": piece}} if chat else {"text": piece}
            line = json.dumps({"choices": [choice]})
            await self._chunk(
                writer, "data: {oops\n\n" if script.get("bad") == str(index) else f"data: {line}\n\n"
            )
            written.append(time.perf_counter())
            due += float(script.get("gap", 0.01)) * self.slow
        if "silent" not in script:
            usage = {"prompt_tokens": len(text), "completion_tokens": tokens}
            await self._chunk(writer, f"data: {json.dumps({'choices': [], 'usage': usage})}\n\n")
        await self._chunk(writer, "data: [DONE]\n\n")
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True

    async def _chunk(self, writer, text):
        data = text.encode()
        writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        await writer.drain()


@pytest.fixture
def server():
    running = Server()
    yield running
    running.stop()


@pytest.fixture
def second_server():
    running = Server()
    yield running
    running.stop()
