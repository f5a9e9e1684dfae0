"""A small HTTP/1.1 server for programs on this machine: one POST a connection, a short answer.

Whatever comes is bounded: the head, the body, the time a request may take, the connections at
once. What exceeds a bound is refused and nothing waits for it. So is a request that a browser
could have sent: no page may talk to us (`docs/design/safety.md` 7). A connection is used once,
which costs a local sender nothing and leaves no idle ones to look after.
"""

import asyncio
import socket
import zlib
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus

import h11

HEAD = 16 << 10
"""Bytes of request line and headers."""
LARGEST = 8 << 20
"""Bytes of a body, as it came and unpacked."""
REQUEST_S = 10.0
"""Seconds from the connection to the last byte of its request."""
LINGER_S = 1.0
"""Seconds in which the rest of a refused request is thrown away, so that the answer arrives."""
CONNECTIONS = 64
"""Connections at once; further ones are closed."""
CHUNK = 1 << 16


@dataclass(frozen=True)
class Request:
    """A request that was admitted, its body unpacked."""

    path: str
    body: bytes


class Refused(Exception):
    """A request that is not taken, by status; the sender hears no more than that."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


Respond = Callable[[Request], Awaitable[bytes]]
"""The JSON with which a request is answered, status 200; or raises `Refused`."""


async def listen(bound: socket.socket, respond: Respond) -> None:
    """Serve `bound` for as long as this runs, then close it and every connection.

    What `respond` raises beside `Refused` and OSError ends this.
    """
    async with asyncio.TaskGroup() as group:
        served: set[asyncio.Task[None]] = set()

        def welcome(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if len(served) >= CONNECTIONS:
                writer.transport.abort()
                return
            task = group.create_task(_serve(reader, writer, respond))
            served.add(task)
            task.add_done_callback(served.discard)

        server = await asyncio.start_server(welcome, sock=bound)
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            server.close()


async def _serve(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, respond: Respond
) -> None:
    """Answer the one request of a connection."""
    try:
        status, body = await _exchange(reader, writer, respond)
        writer.write(_answer(status, body))
        if status != 200:
            writer.write_eof()
            async with asyncio.timeout(LINGER_S):
                while await reader.read(CHUNK):
                    pass
    except OSError:
        pass  # the sender is gone, or too slow to hear that it was
    finally:
        writer.close()


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, respond: Respond
) -> tuple[int, bytes]:
    try:
        async with asyncio.timeout(REQUEST_S):
            request = await _read(reader, writer)
    except TimeoutError:
        return 408, b"{}"
    except h11.RemoteProtocolError as error:
        return error.error_status_hint, b"{}"
    except Refused as error:
        return error.status, b"{}"
    try:
        return 200, await respond(request)
    except Refused as error:
        return error.status, b"{}"


async def _read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request:
    """The request; Refused or h11's RemoteProtocolError when it is not taken."""
    http = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD)

    async def event() -> object:
        while (found := http.next_event()) is h11.NEED_DATA:
            http.receive_data(await reader.read(CHUNK))
        return found

    head = await event()
    if not isinstance(head, h11.Request):
        raise ConnectionResetError
    headers = dict(head.headers)
    _admit(head, headers, writer.get_extra_info("sockname"))
    if http.they_are_waiting_for_100_continue:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    body = bytearray()
    while isinstance(part := await event(), h11.Data):
        body += part.data
        if len(body) > LARGEST:
            raise Refused(413)
    packed = headers.get(b"content-encoding", b"")
    return Request(head.target.decode("ascii", "replace"), _unpacked(bytes(body), packed))


def _admit(head: h11.Request, headers: Mapping[bytes, bytes], place: tuple[str, int]) -> None:
    """Refused unless it is what a program posts to us, of a size we take."""
    if headers.get(b"host") != "{}:{}".format(*place).encode() or b"origin" in headers:
        raise Refused(403)
    if head.method != b"POST":
        raise Refused(405)
    kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if kind != b"application/json":
        raise Refused(415)
    if int(headers.get(b"content-length", b"0")) > LARGEST:
        raise Refused(413)


def _unpacked(body: bytes, packed: bytes) -> bytes:
    """The body without its compression, of which only gzip is known."""
    if packed in (b"", b"identity"):
        return body
    if packed != b"gzip":
        raise Refused(415)
    unpack = zlib.decompressobj(wbits=31)
    with suppress(zlib.error):
        whole = unpack.decompress(body, LARGEST + 1)
        if len(whole) > LARGEST:
            raise Refused(413)
        if unpack.eof:
            return whole
    raise Refused(400)


def _answer(status: int, body: bytes) -> bytes:
    """A whole response, after which the connection ends."""
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
        "Content-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + body
