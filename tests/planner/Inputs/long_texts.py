"""usage: long_texts.py FOLDER: writes a Components List and Server Lists with texts of a megabyte."""
import json
import os
import sys

LONG = "a" * 1_000_000


def write(name, document):
    with open(os.path.join(sys.argv[1], name), "w", encoding="utf-8") as file:
        json.dump(document, file)


def servers(name, router=None, address="127.0.0.1", **policy):
    write(name, {
        "format": "ripple.servers", "version": "1.0",
        "routers": [{"name": "r", **(router or {"kind": "haproxy", "socket": "/run/h.sock"})}],
        "applications": [{"name": "app", "router": "r", "minAvailable": 1,
                          "listen": "127.0.0.1:8080", **policy}],
        "servers": [{"name": "s", "applications": [
            {"name": "app", "address": f"{address}:8081", "capacity": 1, "process": "app"}]}]})


paths = [f"~ ^/{LONG}$", f"/{LONG}/{{1}}", "/b"]
write("components.json", {
    "format": "ripple.components", "version": "1.0", "components": [],
    "applications": [{"name": "app", "requests": [
        {"id": f"GET {path}", "method": "GET", "path": path, "matchOrder": order, "components": []}
        for order, path in enumerate(paths)]}]})
servers("plain.json")
servers("health.json", health=f"/{LONG}")
servers("odd-health.json", health=f"/{LONG}'")
servers("address.json", address=LONG)
servers("url.json", router={"kind": "httpd", "url": f"http://{LONG}/balancer-manager"})
