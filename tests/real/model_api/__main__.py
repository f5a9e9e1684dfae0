"""The stand-in as a program: `python -m model_api --port 8787`."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from .server import serve


def main() -> int:
    parser = argparse.ArgumentParser(prog="model_api", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8787, help="0 takes any free port")
    parser.add_argument("--ledger", help="append one JSON line per request here")
    parser.add_argument("--bodies", help="write every request's headers and body into this folder")
    parser.add_argument("--otlp", help="append what OTLP/HTTP JSON exporters send here")
    parser.add_argument("--port-file", help="write the port taken here")
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    server = serve(args.host, args.port, args.ledger, args.bodies, args.otlp, not args.verbose)
    print(f"listening on http://{args.host}:{server.server_port}", flush=True)
    if args.port_file:
        with open(args.port_file, "w") as out:
            out.write(str(server.server_port))
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()
    server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
