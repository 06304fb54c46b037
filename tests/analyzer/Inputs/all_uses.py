"""Prints what each request of a Components List touches, one line a request, in whatever way, but for the C
library and what starts a program.
"""
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    document = json.load(file)
for application in document["applications"]:
    for request in application["requests"]:
        names = {use["component"] for use in request["components"]} - {"libc6", "framework"}
        whole = "" if request["complete"] else " INCOMPLETE"
        print(" ".join([f"{request['id']}:", *sorted(names)]) + whole)
