"""golden.py [--apart] [--no-way-back NAME] FOLDER NAME:SERVERS…: inputs in which each NAME is a program on so many
servers of its own and each goes from 1 to 2, after the one before it: by `order`, or because the new one must not
meet the old of the one before. golden.py --order PLAN: in which order the plan's programs begin and end."""
import argparse
import json
import pathlib


def write(folder, name, **document):
    text = json.dumps({"format": f"ripple.{name}", "version": "1.0", **document}, indent=1)
    (folder / f"{name}.json").write_text(text)


def inputs(options):
    folder = pathlib.Path(options.folder)
    folder.mkdir(parents=True)
    programs = [(name, int(count)) for name, count in (p.split(":") for p in options.programs)]
    names = [name for name, _ in programs]
    kind = {"protocol": "http", "method": "GET", "path": "/", "matchOrder": 0, "complete": True,
            "handler": {"function": "serve", "file": "a.cpp", "line": 1}, "components": [], "unresolved": []}
    write(folder, "components", unresolved=[],
          applications=[{"name": name, "binary": {"path": name, "buildId": "aa", "sha256": "00"}, "complete": True,
                         "ambient": [], "startup": [], "requests": [{"id": "GET /", **kind}]} for name in names],
          components=[{"id": name, "kind": "application", "version": "1", "origin": f"target:{name}", "dependsOn": [],
                       "restart": "process"} for name in names])
    hosts = [(name, number) for name, count in programs for number in range(count)]
    write(folder, "servers", routers=[{"name": "edge", "kind": "haproxy", "socket": "/run/haproxy.sock"}],
          applications=[{"name": name, "router": "edge", "minAvailable": max(0, count - 1), "sessions": "shared"}
                        for name, count in programs],
          servers=[{"name": f"{name}{number}", "agent": f"unix:/run/ripple/{name}{number}.sock",
                    "applications": [{"name": name, "address": f"127.0.0.1:{8000 + at}", "capacity": 100,
                                      "process": name}]} for at, (name, number) in enumerate(hosts)])
    pairs = list(zip(names, names[1:]))[::-1]
    rules = {"forbidTogether": [[f"{after}@2", f"{before}@1"] for before, after in pairs]} if options.apart else \
            {"order": [{"before": f"{before}@2", "after": f"{after}@2"} for before, after in pairs]}
    action = ["/usr/bin/install-it"]
    write(folder, "change", **rules,
          upgrades=[{"component": name, "from": "1", "to": "2", "install": action,
                     **({} if name == options.no_way_back else {"rollback": action})} for name in names[::-1]])


def order(path):
    plan = json.loads(pathlib.Path(path).read_text())
    waves = {}
    for step in plan["steps"]:
        if step["action"] == "install":
            waves.setdefault(step["component"], []).append(step["wave"])
    begins = sorted(waves, key=lambda name: min(waves[name]))
    for before, after in zip(begins, begins[1:]):
        if max(waves[before]) >= min(waves[after]):
            raise SystemExit(f"{after} begins before {before} has ended: {waves}")
    print(*begins)
    if plan["pointOfNoReturn"]:
        step = next(s for s in plan["steps"] if s["id"] == plan["pointOfNoReturn"])
        print("no way back after the first", step["component"], "in wave", step["wave"])
        if step["wave"] != min(waves[step["component"]]):
            raise SystemExit("that is not the first")


parser = argparse.ArgumentParser()
parser.add_argument("--apart", action="store_true")
parser.add_argument("--no-way-back", metavar="NAME")
parser.add_argument("--order", metavar="PLAN")
parser.add_argument("folder", nargs="?")
parser.add_argument("programs", nargs="*")
given = parser.parse_args()
order(given.order) if given.order else inputs(given)
