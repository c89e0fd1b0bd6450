#!/usr/bin/env python3
"""A stand-in for an API server that keeps what Helm sends it. Usage: standin.py PORT LOG KINDS.TXT

Enough of discovery, get, list, create, patch and delete for helm install, upgrade and rollback. It stores what it is told and
merges nothing right: a recording puts the live objects that it wants in between (POST /__live, a list of objects) and takes
the first patch after that. Changes of objects, releases left out, go to LOG, one a line.
"""
import base64, json, re, sys, urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STORE, LOG = {}, open(sys.argv[2], "a", buffering=1)
KINDS = {"example.com/v1": {"widgets": ("Widget", True)}}
for line in open(sys.argv[3]):
    api, kind, plural, flags = line.split("\t")[:4]
    KINDS.setdefault(api, {})[plural] = (kind, flags.startswith("n"))


def protobuf(data):
    """Fields of a message by number: enough to read a Secret that holds a release."""
    at, fields = 0, {}

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte, at = data[at], at + 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        tag = varint()
        if tag & 7 == 0:
            value = varint()
        else:
            size = varint() if tag & 7 == 2 else 8 if tag & 7 == 1 else 4
            value, at = data[at : at + size], at + size
        fields.setdefault(tag >> 3, []).append(value)
    return fields


def decoded(body):
    if not body.startswith(b"k8s\0"):
        return json.loads(body)
    secret = protobuf(protobuf(body[4:])[2][0])
    meta = protobuf(secret[1][0])
    pair = lambda raw: (protobuf(raw)[1][0].decode(), protobuf(raw).get(2, [b""])[0])
    labels = {k: v.decode() for k, v in map(pair, meta.get(11, []))}
    data = {k: base64.b64encode(v).decode() for k, v in map(pair, secret.get(2, []))}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": meta[1][0].decode(), "labels": labels}, "type": secret.get(3, [b""])[0].decode(), "data": data}


def failure(code, reason, message):
    return code, {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message, "reason": reason, "code": code}


def key_of(o):
    plural, (_, namespaced) = next((p, k) for p, k in KINDS[o["apiVersion"]].items() if k[0] == o["kind"])
    return (o["apiVersion"], plural, o["metadata"].get("namespace", "") if namespaced else "", o["metadata"]["name"])


def discovery(path):
    if path == "/version":
        return {"major": "1", "minor": "34", "gitVersion": "v1.34.4"}
    if path == "/api":
        return {"kind": "APIVersions", "versions": ["v1"]}
    if path == "/apis":
        groups = {}
        for api in KINDS:
            if "/" in api:
                groups.setdefault(api.split("/")[0], []).append({"groupVersion": api, "version": api.split("/")[1]})
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [{"name": g, "versions": v, "preferredVersion": v[0]} for g, v in groups.items()]}
    m = re.fullmatch(r"/(?:api/(v1)|apis/([^/]+/[^/]+))/?", path)
    if m and (m[1] or m[2]) in KINDS:
        api = m[1] or m[2]
        verbs = ["get", "list", "create", "update", "patch", "delete", "watch"]
        found = [{"name": p, "singularName": "", "namespaced": n, "kind": k, "verbs": verbs} for p, (k, n) in KINDS[api].items()]
        return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": api, "resources": found}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urllib.parse.urlparse(self.path)
        code, out = self.respond(url.path, dict(urllib.parse.parse_qsl(url.query)), body)
        data = json.dumps(out).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def respond(self, path, query, body):
        method = self.command
        if path == "/__live":
            STORE.update({key_of(o): o for o in json.loads(body)})
            return 200, {}
        found = discovery(path)
        if found:
            return 200, found
        m = re.fullmatch(r"/(?:api/(v1)|apis/([^/]+/[^/]+))/(?:namespaces/([^/]+)/(?=.))?([^/]+)(?:/([^/]+))?", path)
        api = m and (m[1] or m[2])
        if not m or m[4] not in KINDS.get(api, {}):
            return failure(404, "NotFound", "the server could not find the requested resource")
        plural, name = m[4], m[5] or ""
        kind, namespaced = KINDS[api][plural]
        key = (api, plural, (m[3] or "") if namespaced else "", name)
        is_release = "sh.helm.release" in path or b"sh.helm.release" in body
        if method != "GET" and not is_release:
            LOG.write(json.dumps({"method": method, "api": api, "plural": plural, "name": name, "query": query, "type": self.headers.get("Content-Type"), "body": body.decode("utf-8", "replace")}) + "\n")
        if method == "GET" and name:
            return (200, STORE[key]) if key in STORE else failure(404, "NotFound", f'{plural} "{name}" not found')
        if method == "GET":
            wanted = [t.split("=") for t in query.get("labelSelector", "").split(",") if "=" in t]
            labels = lambda o: o["metadata"].get("labels") or {}
            items = [o for k, o in sorted(STORE.items()) if k[:2] == key[:2] and all(labels(o).get(a) == b for a, b in wanted)]
            return 200, {"kind": kind + "List", "apiVersion": api, "metadata": {"resourceVersion": "5"}, "items": items}
        if method == "DELETE":
            STORE.pop(key, None)
            return 200, {"kind": "Status", "apiVersion": "v1", "status": "Success"}
        sent = decoded(body)
        stored = STORE.get(key, {}) if method == "PATCH" and "apply" not in self.headers["Content-Type"] else sent
        stored = {**stored, "apiVersion": api, "kind": kind}
        stored["metadata"] = {**(stored.get("metadata") or {}), "uid": "u-1", "resourceVersion": "9"}
        stored["metadata"].setdefault("name", name)
        key = key[:3] + (stored["metadata"]["name"],)
        STORE[key] = stored
        return (201 if method == "POST" else 200), stored


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
