"""Changes a compile database: database.py FILE ACTION [ARGUMENT].

  drop NAME      without the commands of the source of that name
  copy OLD NEW   the commands of OLD again, for a source NEW beside it
  double         every command twice, the second time with its words as `arguments`
  vague          the commands say nothing of how sources are compiled
  reverse        in the other order
  files          the words of each command in a response file
"""
import json
import shlex
import sys


def moved(row, old, new):
    return {key: value.replace(old, new) for key, value in row.items()}


def in_file(row, number):
    compiler, *words = shlex.split(row["command"])
    with open(f"{row['directory']}/{number}.rsp", "w", encoding="utf-8") as out:
        out.write("\n".join(shlex.quote(word) for word in words))
    return f"{compiler} @{number}.rsp"


def changed(rows, action, words):
    if action == "drop":
        return [row for row in rows if not row["file"].endswith("/" + words[0])]
    if action == "copy":
        return rows + [moved(row, words[0], words[1]) for row in rows if row["file"].endswith("/" + words[0])]
    if action == "double":
        return rows + [{"file": row["file"], "directory": row["directory"],
                        "arguments": shlex.split(row["command"])} for row in rows]
    if action == "vague":
        return [{key: row[key] for key in ("file", "directory")} for row in rows]
    if action == "files":
        return [dict(row, command=in_file(row, number)) for number, row in enumerate(rows)]
    if action == "reverse":
        return rows[::-1]
    sys.exit(f"no such action: {action}")


with open(sys.argv[1], encoding="utf-8") as file:
    before = json.load(file)
after = changed(before, sys.argv[2], sys.argv[3:])
if after == before:
    sys.exit("nothing has changed")
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump(after, file, indent=1)
