"""A fleet of the asked size, and names that want to be more than text.

    fleet.py FOLDER SERVERS KINDS COMPONENTS

Writes components.json, servers.json and change.json: two applications, COMPONENTS plug-ins of which
each touches one part of the request kinds, servers that each run both. Every name that a document may
hold freely says HOSTILE.
"""
import json
import pathlib
import sys

HOSTILE = """<script>alert('x')</script>"&lt;\\N`${1}]]>-->*/ é %%"""


def kind(application, number, components):
    # Every fourth one touches nothing that changes.
    touched = [f"plugin{number % components:02}"] if number % 4 else []
    path = f"/{application}/{number:03}" if number else f"/{application}/{HOSTILE}"
    return {"id": f"GET {path}", "protocol": "http", "method": "GET", "path": path,
            "matchOrder": number or 999,
            "handler": {"function": HOSTILE, "file": HOSTILE, "line": 1}, "complete": bool(number),
            "components": [{"component": c, "confidence": "proven", "phase": "sync", "evidence": []}
                           for c in touched], "unresolved": []}


def main():
    folder = pathlib.Path(sys.argv[1])
    servers, kinds, components = (int(n) for n in sys.argv[2:])
    folder.mkdir(parents=True, exist_ok=True)

    def write(name, document):
        (folder / name).write_text(json.dumps({"version": "1.0", **document}))

    write("components.json", {"format": "ripple.components", "applications": [
        {"name": name, "binary": {"path": name, "buildId": "aa", "sha256": "bb"}, "complete": True,
         "ambient": [], "startup": [], "requests": [kind(name, i, components) for i in range(kinds // 2)]}
        for name in ("alpha", "beta")],
        "components": [{"id": f"plugin{i:02}", "kind": "plugin", "version": HOSTILE, "origin": "target:x",
                        "dependsOn": [], "restart": "plugin"} for i in range(components)], "unresolved": []})
    write("servers.json", {"format": "ripple.servers", "routers": [
        {"name": "edge", "kind": "haproxy", "socket": "/run/haproxy.sock"}], "applications": [
        {"name": "alpha", "router": "edge", "minAvailable": "60%", "sessions": "shared", "listen": "127.0.0.1:80"},
        {"name": "beta", "router": "edge", "minAvailable": max(1, servers * 3 // 4 - 1), "sessions": "sticky",
         "listen": "127.0.0.1:81"}],
        "servers": [{"name": f"app{i:02}", "zone": "a", "agent": f"unix:/run/{i}.sock", "applications": [
            {"name": name, "address": f"10.0.0.{i}:{port}", "capacity": 100, "process": name}
            for name, port in (("alpha", 81), ("beta", 82))]} for i in range(servers)]})
    write("change.json", {"format": "ripple.change", "upgrades": [
        {"component": f"plugin{i:02}", "from": HOSTILE, "to": "2" + HOSTILE, "install": ["/bin/install", HOSTILE],
         "rollback": ["/bin/install", HOSTILE]} for i in range(components)],
        "gates": [{"after": "first-server", "wait": "60s", "approve": True}]})


main()
