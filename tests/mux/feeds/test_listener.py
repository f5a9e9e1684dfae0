"""The small HTTP server: what is bounded, what is refused, and that nothing of it hangs."""

import asyncio
import gzip
import socket
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, closing, suppress

import pytest

from agentmux.mux.feeds import listener
from agentmux.mux.feeds.listener import Refused, Request, listen

Place = tuple[str, int]
CONTENT = b'{"a": 1}'


def post(place: Place, path: str, content: bytes, *, method: str = "POST", **headers: str) -> bytes:
    """A request as bytes; a header's name with `_` for `-`."""
    given = {
        "Host": "{}:{}".format(*place),
        "Content-Type": "application/json",
        "Content-Length": str(len(content)),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    lines = [f"{method} {path} HTTP/1.1", *(f"{n}: {v}" for n, v in given.items() if v)]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


async def exchange(place: Place, data: bytes, *, end: bool = False) -> bytes:
    """All that comes back on a connection that sent `data`."""
    reader, writer = await asyncio.open_connection(*place)
    with closing(writer):
        writer.write(data)
        if end:
            writer.write_eof()
        return await reader.read()


def status_of(answer: bytes) -> int:
    """The status, 0 without one."""
    return int(answer.split(b" ", 2)[1]) if answer else 0


@asynccontextmanager
async def listening(heard: list[Request]) -> AsyncIterator[Place]:
    """A listener that echoes; a path with digits is refused with them as status."""

    async def respond(request: Request) -> bytes:
        heard.append(request)
        if request.path[1:].isdecimal():
            raise Refused(int(request.path[1:]))
        return request.body

    bound = socket.create_server(("127.0.0.1", 0))
    async with asyncio.TaskGroup() as group:
        task = group.create_task(listen(bound, respond))
        try:
            yield bound.getsockname()
        finally:
            task.cancel()


async def test_a_post_is_answered() -> None:
    heard: list[Request] = []
    async with listening(heard) as place:
        answer = await exchange(place, post(place, "/a/b", CONTENT))
        assert status_of(answer) == 200
        assert answer.endswith(b"\r\n\r\n" + CONTENT)
        assert status_of(await exchange(place, post(place, "/503", CONTENT))) == 503
    assert heard == [Request("/a/b", CONTENT), Request("/503", CONTENT)]


async def test_a_packed_body_is_unpacked() -> None:
    heard: list[Request] = []
    async with listening(heard) as place:
        packed = post(place, "/", gzip.compress(CONTENT), Content_Encoding="gzip")
        assert status_of(await exchange(place, packed)) == 200
    assert heard == [Request("/", CONTENT)]


async def test_half_of_a_packed_body_is_refused() -> None:
    heard: list[Request] = []
    async with listening(heard) as place:
        half = gzip.compress(CONTENT)[:-5]
        packed = post(place, "/", half, Content_Encoding="gzip")
        assert status_of(await exchange(place, packed)) == 400
    assert heard == []


async def test_a_packed_body_is_not_unpacked_beyond_the_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listener, "LARGEST", 100_000)
    async with listening([]) as place:
        bomb = post(place, "/", gzip.compress(bytes(50_000_000)), Content_Encoding="gzip")
        tracemalloc.start()
        assert status_of(await exchange(place, bomb)) == 413
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
        tracemalloc.stop()


async def test_a_body_in_pieces_and_asked_for_first_is_taken() -> None:
    """As curl sends a large one."""
    heard: list[Request] = []
    async with listening(heard) as place:
        head = post(place, "/", b"", Content_Length="", Expect="100-continue",
                    Transfer_Encoding="chunked")  # fmt: skip
        reader, writer = await asyncio.open_connection(*place)
        with closing(writer):
            writer.write(head)
            assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
            for part in (CONTENT[:3], CONTENT[3:], b""):
                writer.write(b"%x\r\n%b\r\n" % (len(part), part))
            assert status_of(await reader.read()) == 200
    assert heard == [Request("/", CONTENT)]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": ""}, 400),
        ({"Host": "evil.example"}, 403),
        ({"Host": "localhost:1"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Content_Type": ""}, 415),
        ({"Content_Type": "text/plain"}, 415),
        ({"Content_Type": "application/x-protobuf"}, 415),
        ({"Content_Encoding": "br"}, 415),
        ({"Content_Encoding": "gzip"}, 400),
        ({"Content_Length": "99999999"}, 413),
        ({"Content_Length": "many"}, 400),
        ({"X_Long": "x" * 200_000}, 431),
    ],
)
async def test_what_no_program_of_ours_posts_is_refused(
    headers: dict[str, str], status: int
) -> None:
    heard: list[Request] = []
    async with listening(heard) as place:
        answer = await exchange(place, post(place, "/", CONTENT, **headers))
        assert status_of(answer) == status
    assert heard == []


@pytest.mark.parametrize("method", ["GET", "OPTIONS", "PUT"])
async def test_only_posts_are_taken(method: str) -> None:
    async with listening([]) as place:
        assert status_of(await exchange(place, post(place, "/", b"", method=method))) == 405


async def test_a_body_that_grows_beyond_all_bounds_is_cut_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listener, "LARGEST", 10_000)
    heard: list[Request] = []
    async with listening(heard) as place:
        bomb = gzip.compress(b" " * 1_000_000)
        assert len(bomb) < 10_000
        packed = post(place, "/", bomb, Content_Encoding="gzip")
        assert status_of(await exchange(place, packed)) == 413
        head = post(place, "/", b"", Content_Length="", Transfer_Encoding="chunked")
        more = b"1000\r\n" + b" " * 4096 + b"\r\n"
        assert status_of(await exchange(place, head + more * 4)) == 413
    assert heard == []


@pytest.mark.parametrize(
    "data", [b"hello\r\n\r\n", b"\x16\x03\x01\x02", b"POST\r\n\r\n", bytes(100), b"", b"\r\n" * 9]
)
async def test_garbage_is_answered_with_a_refusal_or_nothing(data: bytes) -> None:
    async with listening([]) as place:
        assert status_of(await exchange(place, data, end=True)) in (0, 400)
        assert status_of(await exchange(place, post(place, "/", CONTENT))) == 200


@pytest.mark.parametrize("part", [b"", b"POST / HT", b"POST / HTTP/1.1\r\nHost: "])
async def test_a_sender_that_takes_too_long_is_let_go(
    part: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "REQUEST_S", 0.05)
    async with listening([]) as place:
        assert status_of(await exchange(place, part)) == 408


async def test_a_body_that_does_not_come_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listener, "REQUEST_S", 0.05)
    heard: list[Request] = []
    async with listening(heard) as place:
        half = post(place, "/", b"{", Content_Length="100")
        assert status_of(await exchange(place, half)) == 408
        assert status_of(await exchange(place, half, end=True)) in (0, 400)
    assert heard == []


async def test_connections_are_counted_and_the_next_ones_are_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listener, "CONNECTIONS", 2)
    async with listening([]) as place:
        with ExitStack() as held:
            for _ in range(2):
                _, writer = await asyncio.open_connection(*place)
                held.callback(writer.close)
            with suppress(ConnectionResetError):
                assert await exchange(place, post(place, "/", CONTENT)) == b""


async def test_an_end_leaves_no_connection_and_no_port_behind() -> None:
    async with listening([]) as place:
        reader, writer = await asyncio.open_connection(*place)
        assert status_of(await exchange(place, post(place, "/", CONTENT))) == 200
    with closing(writer):
        assert await reader.read() == b""
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(*place)
