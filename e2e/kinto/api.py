"""A plain client of Kinto's HTTP API: no dltgen, no library."""
import base64
import json
import os
import urllib.error
import urllib.request

BASE = os.environ["KINTO_URL"]  # http://127.0.0.1:PORT/v1
USER, PASSWORD = "admin", "s3cret-pass"
TOKEN = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


def request(method, url, body=None, auth=True):
    """Send one request; returns (body, headers). An error answer raises with its text."""
    if url.startswith("/"):
        url = BASE + url
    data = None if body is None else json.dumps(body).encode()
    req = urllib.request.Request(url, data=data, method=method)
    if auth:
        req.add_header("Authorization", "Basic " + TOKEN)
    if data is not None:
        req.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(req, timeout=30) as answer:
            return json.loads(answer.read() or b"null"), answer.headers
    except urllib.error.HTTPError as e:
        raise SystemExit(f"{method} {url}: {e.code} {e.read().decode(errors='replace')[:500]}") from None


def batch(requests):
    """Send requests 25 at a time, each (method, path, data); any refused one stops the program."""
    for i in range(0, len(requests), 25):
        part = [{"method": m, "path": p, **({} if d is None else {"body": {"data": d}})} for m, p, d in requests[i : i + 25]]
        body, _ = request("POST", "/batch", {"requests": part})
        for asked, got in zip(part, body["responses"], strict=True):
            if got["status"] >= 400:
                raise SystemExit(f"{asked['method']} {asked['path']}: {got['status']} {got['body']}")


def walk(path):
    """Yield every object of a list, following the Next-Page header."""
    url = path
    while url:
        body, headers = request("GET", url)
        yield from body["data"]
        url = headers.get("Next-Page")
