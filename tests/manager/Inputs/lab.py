"""The cluster of tests/e2e, with Components Lists and gate tables written by hand.

So the manager is tested against the real agents, applications, gates and HAProxy without the
analyzer. Only what touches `pricing` and `catalog` is listed; that is true of the sample shop.
"""
import json
import os
import pathlib
import re
import struct
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(SOURCE / "tests/e2e"))
os.environ.setdefault("RIPPLE_SOURCE_DIR", str(SOURCE))

from cluster import Cluster, Failure, wait_until  # noqa: E402

__all__ = ["Failure", "Lab", "SOURCE", "expect", "wait_until"]

#: (method, path, components) in the order in which the application registers them.
KINDS = {
    "shop": [("GET", "/healthz", []), ("GET", "/", ["catalog"]),
             ("GET", "/products", ["catalog"]), ("GET", r"~ ^/products/(\d+)$", ["catalog"]),
             ("GET", "/search", ["catalog"]), ("GET", r"~ ^/cart/(\w+)$", []),
             ("GET", r"~ ^/quote/(\d+)$", ["pricing", "catalog"]),
             ("POST", "/quote", ["pricing", "catalog"])],
    "reports": [("GET", "/healthz", []), ("GET", "/reports", [])],
}
COMPONENTS = {"shop": ["pricing", "catalog"], "reports": []}


def expect(holds, what):
    print(("ok      " if holds else "FAILED  ") + what, flush=True)
    if not holds:
        raise Failure(what)


def build_id(binary):
    notes = subprocess.run(["readelf", "-n", binary], capture_output=True, text=True).stdout
    return re.search(r"Build ID: ([0-9a-f]+)", notes)[1]


def components_list(application, binary):
    def use(component):
        return {"component": component, "confidence": "proven", "phase": "sync", "evidence": []}

    requests = [{"id": f"{method} {path}", "protocol": "http", "method": method, "path": path,
                 "matchOrder": order, "complete": True, "unresolved": [],
                 "handler": {"function": "f", "file": "f.cpp", "line": 1},
                 "components": [use(c) for c in sorted(components)]}
                for order, (method, path, components) in enumerate(KINDS[application])]
    kinds = {"pricing": ("plugin", "plugin"), "catalog": ("shared-library", "process")}
    return {
        "format": "ripple.components", "version": "1.0",
        "applications": [{
            "name": application, "complete": True, "ambient": [], "startup": [],
            "binary": {"path": str(binary), "buildId": build_id(binary), "sha256": "0" * 64},
            "requests": sorted(requests, key=lambda r: r["id"])}],
        "components": [
            {"id": application, "kind": "application", "version": "1.0.0", "origin": "target:x",
             "dependsOn": [], "restart": "process"},
            *({"id": c, "kind": kinds[c][0], "version": "1.0.0", "origin": "target:" + c,
               "dependsOn": [], "restart": kinds[c][1]} for c in COMPONENTS[application])],
        "unresolved": []}


def gate_table(application, binary):
    """docs/formats/gate-table.md."""
    names = [application, *COMPONENTS[application]]
    sets, kinds = [(1 << len(names)) - 1], [("other", "*", "/**", 4294967295, 0)]
    for order, (method, path, components) in enumerate(KINDS[application]):
        bits = 1 | sum(1 << names.index(c) for c in components)
        if bits not in sets:
            sets.append(bits)
        kinds.append((f"{method} {path}", method, path, order, sets.index(bits)))
    header, strings = 56, b""
    arrays = header + 4 * len(names)
    arrays += -arrays % 8
    bitmaps = arrays
    kind_at = bitmaps + 8 * len(sets)
    string_at = kind_at + 20 * len(kinds)

    def text(value):
        nonlocal strings
        at = string_at + len(strings)
        strings += value.encode() + b"\0"
        return at

    application_at, build_at = text(application), text(build_id(binary))
    name_at = [text(name) for name in names]
    rows = b"".join(struct.pack("<5I", text(i), text(m), text(p), o, s) for i, m, p, o, s in kinds)
    body = struct.pack(f"<{len(names)}I", *name_at)
    body += b"\0" * (bitmaps - header - len(body))
    body += struct.pack(f"<{len(sets)}Q", *sets) + rows
    size = string_at + len(strings)
    head = b"RIPPLEGT" + struct.pack("<12I", 1, size, application_at, build_at, len(names), header,
                                     len(sets), bitmaps, len(kinds), kind_at, 1, 0)
    return head + body + strings


class Lab(Cluster):
    def analyze(self):
        for application in KINDS:
            binary = self.build / "bin" / application
            (self.folder / f"{application}.json").write_text(
                json.dumps(components_list(application, binary), indent=2))
            (self.folder / f"{application}.gate").write_bytes(gate_table(application, binary))

    def events(self):
        """How many events the journal of the manager has."""
        import sqlite3
        with sqlite3.connect(self.folder / "manager/journal.sqlite") as db:
            return db.execute("SELECT count(*) FROM events").fetchone()[0]

    def away(self):
        """What the router keeps away from some server; not how many of its checks went well ("DRAIN 1/2")."""
        return [f"{r['pxname']}/{r['svname']} {r['status'].split()[0]}" for r in self.router.servers()
                if not r["status"].startswith(("UP", "no check"))]
