"""Prints what each request of a Components List touches, one line a request.

APPLICATION ID: COMPONENT… without the C and C++ run-time libraries and without what is only
reached through another component. `*` marks what is not proven, `&` what is asynchronous.
"""
import json
import sys

RUN_TIME = {"libc6", "libstdc++6", "libgcc-s1"}


def names(uses):
    out = []
    for use in uses:
        if use["component"] in RUN_TIME or use.get("via"):
            continue
        mark = "" if use["confidence"] == "proven" else "*"
        mark += "&" if use.get("phase") == "async" else ""
        out.append(use["component"] + mark)
    return " ".join(out)


with open(sys.argv[1], encoding="utf-8") as file:
    document = json.load(file)
for application in document["applications"]:
    name = application["name"]
    print(f"{name} ambient: {names(application['ambient'])}")
    print(f"{name} startup: {names(application['startup'])}")
    for request in application["requests"]:
        whole = "" if request["complete"] else " INCOMPLETE"
        print(f"{name} {request['id']}: {names(request['components'])}{whole}")
