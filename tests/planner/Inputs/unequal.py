"""unequal.py SERVERS CAPACITY…: gives the servers these capacities; 400 of them may be away at once."""
import json
import pathlib
import sys

path, capacities = pathlib.Path(sys.argv[1]), [int(word) for word in sys.argv[2:]]
document = json.loads(path.read_text())
for server, capacity in zip(document["servers"], capacities, strict=True):
    server["applications"][0]["capacity"] = capacity
[application] = document["applications"]
application.pop("minAvailable", None)
application["minCapacity"] = sum(capacities) - 400
path.write_text(json.dumps(document))
