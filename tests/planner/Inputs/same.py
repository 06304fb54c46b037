"""same.py RIPPLE FOLDER: plans the documents in FOLDER, which stay where they are, in several orders of their keys and
sets, as JSON and as YAML. Every plan must be the same text."""
import json
import pathlib
import random
import subprocess
import sys

import yaml

# Lists whose order means something.
ORDERED = {"evidence", "handlers", "install", "rollback", "check", "run", "componentSets"}


def shuffled(value, key=""):
    if isinstance(value, dict):
        items = [(name, shuffled(inner, name)) for name, inner in value.items()]
        random.shuffle(items)
        return dict(items)
    if isinstance(value, list):
        items = [shuffled(inner) for inner in value]
        if key not in ORDERED:
            random.shuffle(items)
        return items
    return value


def main():
    ripple, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    names = ["components", "servers", "change"]
    documents = {name: json.loads((folder / f"{name}.json").read_text()) for name in names}
    command = [ripple, "plan", *(word for name in names for word in (f"--{name}", folder / f"{name}.json"))]
    plans = set()
    orders = 8
    for seed in range(orders):
        random.seed(seed)
        for name in names:
            text = shuffled(documents[name])
            (folder / f"{name}.json").write_text(
                yaml.safe_dump(text, sort_keys=False) if seed % 2 else json.dumps(text))
        plans.add(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    if len(plans) != 1:
        raise SystemExit(f"{len(plans)} different plans")
    print(f"{orders} orders of the inputs, one plan: {json.loads(plans.pop())['summary']['tasks']} tasks")


main()
