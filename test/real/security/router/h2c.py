"""An application that records every request, for a server that upgrades to HTTP/2 by default."""

import json

seen = []


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    headers = [[name.decode("latin1"), value.decode("latin1")] for name, value in scope["headers"]]
    body = b"ok"
    # The checks of the router have the address of the replica as their host.
    own = "%s:%d" % tuple(scope["server"])
    if scope["path"] == "/-/seen":
        body = json.dumps(seen).encode()
        seen.clear()
    elif ["host", own] not in headers:
        path = scope["raw_path"].decode("latin1")
        seen.append({"version": scope["http_version"], "method": scope["method"], "path": path, "headers": headers})
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", str(len(body)).encode())]})
    await send({"type": "http.response.body", "body": body})
