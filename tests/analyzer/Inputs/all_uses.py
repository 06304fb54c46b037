"""Prints what each request of a Components List touches, one line a request, in whatever way, and what all of them
do; but for the C library and the framework.
"""
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    document = json.load(file)
for application in document["applications"]:
    for request in [*application["requests"], {"id": "ambient", "components": application["ambient"]}]:
        names = {use["component"] for use in request["components"]} - {"libc6", "framework"}
        whole = "" if request.get("complete", True) else " INCOMPLETE"
        print(" ".join([f"{request['id']}:", *sorted(names)]) + whole)
