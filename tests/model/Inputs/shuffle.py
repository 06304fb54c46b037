"""Shows what digests and writers depend on, and what they do not.

usage: shuffle.py SOURCE_DIR READ_DOCUMENT WORK_DIR

The keys and set-like lists of each document are shuffled, and it is written as
JSON or YAML: digest and written text must stay. Each text and number in it is
changed, and each list with an order reversed: the digest must change.
"""
import copy
import glob
import json
import os
import random
import subprocess
import sys

import yaml

# Lists whose order means something.
ORDERED = {"evidence", "handlers", "install", "rollback", "check", "run", "test", "componentSets",
           "remarks", "waitingFor", "loaded", "classes", "sessions"}
# Lists that people read in their order, which means nothing: the text keeps it, the digest does not.
SHOWN = {"ripple.plan": {"inputs", "quiesce", "reasons", "steps", "mixedVersions"}}


def load(path):
    with open(path, encoding="utf-8") as file:
        return yaml.safe_load(file) if path.endswith(".yaml") else json.load(file)


def shuffled(value, keep, key=""):
    if isinstance(value, dict):
        items = [(name, shuffled(inner, keep, name)) for name, inner in value.items()]
        random.shuffle(items)
        return dict(items)
    if isinstance(value, list):
        items = [shuffled(inner, keep) for inner in value]
        if key not in keep:
            random.shuffle(items)
        return items
    return value


def run(program, option, files, folder):
    result = subprocess.run([program, option] + files, cwd=folder, capture_output=True, text=True,
                            check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


def write(folder, name, document):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        if name.endswith(".yaml"):
            yaml.safe_dump(document, file, sort_keys=False, allow_unicode=True)
        else:
            json.dump(document, file, indent=random.choice([None, 1, 8]))


def check_shuffles(program, path, folder):
    document = load(path)
    write(folder, "original.json", document)
    names = [f"{index}{random.choice(['.json', '.yaml'])}" for index in range(12)]
    shown = SHOWN.get(document["format"], set())
    for name in names:
        write(folder, name, shuffled(document, ORDERED))
    digests = set(run(program, "--digest", ["original.json"] + names, folder).split())
    assert len(digests) == 1, f"{path}: the digest depends on the order of keys or sets"
    for name in names:
        write(folder, name, shuffled(document, ORDERED | shown))
    texts = {run(program, "--write", [name], folder) for name in ["original.json"] + names}
    assert len(texts) == 1, f"{path}: the text depends on the order of keys or sets"
    text = texts.pop()
    with open(os.path.join(folder, "written.json"), "w", encoding="utf-8") as file:
        file.write(text)
    assert run(program, "--write", ["written.json"], folder) == text, f"{path}: not stable"
    assert {run(program, "--digest", ["written.json"], folder).strip()} == digests, path


def changed_leaves(value, key=""):
    """Yields copies of VALUE with one thing changed in it, and what."""
    if isinstance(value, dict):
        for name, inner in value.items():
            for what, changed in changed_leaves(inner, name):
                yield f"/{name}{what}", {**value, name: changed}
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            for what, changed in changed_leaves(inner):
                yield f"/{index}{what}", value[:index] + [changed] + value[index + 1:]
        if key in ORDERED and value != value[::-1]:
            yield " reversed", value[::-1]
    elif isinstance(value, bool):
        yield "", not value
    elif isinstance(value, (int, float)):
        yield "", value + 1
    elif isinstance(value, str):
        yield "", value + "1"
        for words in ({"sync", "async"}, {"proven", "possible"}, {"shared", "sticky"},
                      {"none", "process"}, {"plugin", "process"}, {"server", "none"},
                      {"shared-library", "module"}, {"touches", "ambient"}, {"up", "down"},
                      {"restart-domain", "ambient"}, {"unresolved", "ambient"},
                      {"permitted", "forbidden"}, {"quiescing", "forbidden"},
                      {"running", "paused"}):
            if value in words:
                yield "", (words - {value}).pop()


def check_changes(program, path, folder):
    """Every change that the reader takes has to change the digest."""
    document = load(path)
    ignored = ("/version", *(("/id", "/signature") if document["format"] == "ripple.plan" else ()))
    cases = [(what, case) for what, case in changed_leaves(document) if not what.startswith(ignored)]
    write(folder, "original.json", document)
    original = run(program, "--digest", ["original.json"], folder).strip()
    taken = 0
    for index, (what, case) in enumerate(cases):
        write(folder, f"c{index}.json", case)
        result = subprocess.run([program, "--digest", f"c{index}.json"], cwd=folder,
                                capture_output=True, text=True, check=False)
        if result.returncode == 0:
            taken += 1
            assert result.stdout.strip() != original, f"{path}: {what} is not in the digest"
    print(f"{os.path.basename(os.path.dirname(path))}: {taken} changes of {len(cases)} taken, each "
          "with a digest of its own")


def main():
    source, program, work = sys.argv[1:]
    random.seed(1)
    for path in sorted(glob.glob(f"{source}/testdata/documents/*/*")):
        document = load(path)
        if document["format"] in ("ripple.agent", "ripple.catalog", "ripple.manager"):
            continue  # They are read only.
        folder = os.path.join(work, document["format"], os.path.basename(path))
        os.makedirs(folder, exist_ok=True)
        check_shuffles(program, path, folder)
        check_changes(program, path, folder)
    interned = load(f"{source}/testdata/documents/components/interned.json")
    write(work, "interned.json", interned)
    for application in interned["applications"]:
        sets = application.pop("componentSets")
        for request in application["requests"]:
            request["components"] = copy.deepcopy(sets[request.pop("componentSet")])
    write(work, "expanded.json", interned)
    digests = run(program, "--digest", ["interned.json", "expanded.json"], work).split()
    assert digests[0] == digests[1], "interned and expanded lists differ"
    print("interned and expanded agree")


main()
