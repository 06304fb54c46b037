"""`leave_out.py LIST REQUEST COMPONENT`: the Components List without COMPONENT in REQUEST."""
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    document = json.load(file)
request = next(r for a in document["applications"] for r in a["requests"] if r["id"] == sys.argv[2])
kept = [use for use in request["components"] if use["component"] != sys.argv[3]]
assert len(kept) < len(request["components"]), "it was not there"
request["components"] = kept
json.dump(document, sys.stdout)
