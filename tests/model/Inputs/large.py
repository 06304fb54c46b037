"""usage: large.py FOLDER: writes Components Lists of 200 MB, right, wrong and cut off, and deep ones."""
import os
import sys

folder = sys.argv[1]
TEXT = "f" * 1_000_000
COUNT = 200
HEAD = '{"format":"ripple.components","version":"1.0","components":[],"applications":[{"name":"a",' \
       '"requests":[\n'


def request(number, components='"components":[]'):
    return f'{{"id":"GET /{number:03}",{components},' \
           f'"handler":{{"function":"{TEXT}","file":"a.cpp","line":1}}}}'


def write(name, requests, end="]}]}\n"):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(HEAD + ",\n".join(requests) + end)


right = [request(number) for number in range(COUNT)]
write("right.json", right)
write("wrong.json", [request(0, '"componentSet":-1')] + right[1:-1] +
      [request(COUNT - 2), request(COUNT - 1, '"components":7')])
write("cut.json", right, "")
write("cut-inside.json", right[:-1] + [right[-1][:-500_000]], "")
with open(os.path.join(folder, "deep.json"), "w", encoding="utf-8") as file:
    file.write(HEAD + "[" * 200_000_000)
with open(os.path.join(folder, "deep-closed.json"), "w", encoding="utf-8") as file:
    file.write(HEAD + '{"id":' * 1_000_000 + "1" + "}" * 1_000_000 + "]}]}\n")
