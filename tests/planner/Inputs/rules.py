"""rules.py CHANGE +BEFORE:AFTER… -BEFORE:AFTER…: the change set with order rules added and taken out."""
import json
import pathlib
import sys

change = json.loads(pathlib.Path(sys.argv[1]).read_text())
for given in sys.argv[2:]:
    before, after = given[1:].split(":")
    rule = {"before": f"{before}@2", "after": f"{after}@2"}
    if given[0] == "+":
        change["order"].append(rule)
    else:
        change["order"].remove(rule)
print(json.dumps(change, indent=1))
