"""Shows that each document's schema and its reader agree.

usage: agree.py SOURCE_DIR READ_DOCUMENT WORK_DIR

Takes every document of testdata/documents, changes one thing at a time (a key
dropped, a key added, a value of another type, an empty or absurd value, an
element twice), and compares what the schema says of each with what the reader
says. A reader may refuse more only for what no schema can say: names that have
to agree with each other.
"""
import collections
import copy
import glob
import json
import os
import re
import subprocess
import sys

import jsonschema
import yaml

# The beginnings of what readers say of things that a schema cannot see.
BEYOND_SCHEMA = [
    r"'.*' is used twice", r"there is no (router|application|server|step|component set)",
    r"the component '.*' is not in this change set", r"'.*' has no version", r"puts a component",
    r"'.*' is not upgraded to", r"'.*' is none of the plan's upgrades", r"'.*' waits for itself",
    r"is '.*' as 'from' is", r"the window ends at", r"the duration '.*' is (finer|longer) than",
    r"'.*' is not a time in UTC", r"names the same version twice", r"'.*' is the address of",
    r"the application '.*' is there twice", r"the socket's path has more than",
    r"is not from 2s to 60s", r"no action names the file '.*'",
    r"'.*' is not a regular expression", r"the expression has no group",
    r"the first of the handlers is not 'handler'", r"the p99 is .*, not longer than the median",
]
WRONG_VALUES = [None, True, 0, 1, -1, 0.5, 1e300, "", "wrong", "two\nlines", "nul\0", "a b", "60%", "0s",
                "100.5%", "x:99999", "a@1", "5m", [], ["wrong"], [""], {}, {"wrong": 1}]


def load(path):
    with open(path, encoding="utf-8") as file:
        return yaml.safe_load(file) if path.endswith(".yaml") else json.load(file)


def places(value, path=()):
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, path + (key,))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, path + (index,))


def at(document, path):
    for step in path:
        document = document[step]
    return document


def shape(document, path):
    """Alike for places where the same mistake would be made twice."""
    above = at(document, path[:-1]) if path else None
    kind = sorted(above) if isinstance(above, dict) else type(at(document, path)).__name__
    return str([step for step in path if isinstance(step, str)]) + str(kind)


def mutants(document):
    """Yields (what was done, changed copy)."""
    done = set()
    for path in places(document):
        if shape(document, path) in done:
            continue
        done.add(shape(document, path))
        value = at(document, path)
        name = "/" + "/".join(map(str, path))
        if isinstance(value, dict):
            changed = copy.deepcopy(document)
            at(changed, path)["surprise"] = 1
            yield name + ": a key added", changed
        if isinstance(value, list) and value:
            changed = copy.deepcopy(document)
            at(changed, path).append(copy.deepcopy(value[0]))
            yield name + ": an element twice", changed
        if not path:
            continue
        changed = copy.deepcopy(document)
        del at(changed, path[:-1])[path[-1]]
        yield name + ": dropped", changed
        for wrong in WRONG_VALUES:
            changed = copy.deepcopy(document)
            at(changed, path[:-1])[path[-1]] = wrong
            yield f"{name}: {wrong!r}", changed


def readers_mistakes(program, folder, count):
    """Mistakes by file name, from one run of the reader over all files."""
    found = collections.defaultdict(list)
    names = [f"{index}.json" for index in range(count)]
    for start in range(0, count, 500):
        run = subprocess.run([program] + names[start:start + 500], cwd=folder, capture_output=True,
                             text=True, errors="replace", check=False)
        assert run.returncode in (0, 64), f"the reader ended with {run.returncode}"
        for line in run.stderr.splitlines():
            match = re.match(r"(\d+\.json)(?::\d+)?: (?:(/\S*(?: \S+)*?): )?(.*)", line)
            assert match, f"a mistake without a place: {line}"
            found[match[1]].append(line)
    return found


def is_beyond_schema(line):
    return any(re.search(r"(^|: )" + pattern, line) for pattern in BEYOND_SCHEMA)


def shared_definitions_are_the_same(schemas):
    seen = {}
    for name, schema in schemas.items():
        for key, definition in schema["definitions"].items():
            first, text = seen.setdefault(key, (name, definition))
            assert text == definition, f"definition '{key}' differs in {first} and {name}"


def main():
    source, program, work = sys.argv[1:]
    schemas = {}
    for path in glob.glob(f"{source}/schemas/*.schema.json"):
        schema = load(path)
        jsonschema.Draft7Validator.check_schema(schema)
        schemas[os.path.basename(path)] = schema
    shared_definitions_are_the_same(schemas)

    disagreements = 0
    for path in sorted(glob.glob(f"{source}/testdata/documents/*/*")):
        document = load(path)
        validator = jsonschema.Draft7Validator(schemas[f"{document['format']}.schema.json"])
        cases = [("as it is", document)] + list(mutants(document))
        folder = os.path.join(work, os.path.basename(os.path.dirname(path)), os.path.basename(path))
        os.makedirs(folder, exist_ok=True)
        for index, (_, case) in enumerate(cases):
            with open(f"{folder}/{index}.json", "w", encoding="utf-8") as file:
                json.dump(case, file)
        mistakes = readers_mistakes(program, folder, len(cases))
        tally = collections.Counter()
        for index, (name, case) in enumerate(cases):
            schema_takes = validator.is_valid(case)
            lines = mistakes.get(f"{index}.json", [])
            beyond = bool(lines) and all(map(is_beyond_schema, lines))
            tally["both refuse" if lines and not schema_takes else
                  "both take" if not lines and schema_takes else
                  "beyond the schema" if beyond else "DISAGREE"] += 1
            if schema_takes == bool(lines) and not (schema_takes and beyond):
                disagreements += 1
                print(f"{path}: {name}\n  schema: {'takes' if schema_takes else 'refuses'}"
                      f"\n  reader: {lines or 'takes'}")
        assert not mistakes.get("0.json"), f"{path} is refused: {mistakes['0.json']}"
        print(os.path.relpath(path, source), dict(tally))
        assert tally["both refuse"] >= 5, "the mutants are no mutants"
    print("agree" if not disagreements else f"{disagreements} disagreements")
    return 1 if disagreements else 0


sys.exit(main())
