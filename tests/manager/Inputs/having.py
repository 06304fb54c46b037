"""Which servers have the old version is asked of the agents: the Server List may leave one out."""
import json
import os

import yaml

from lab import Lab, expect


def having(lab, what):
    text = lab.run("status", "--servers", lab.folder / "servers.yaml", "--having", what,
                   "--format", "json").stdout
    return [server["name"] for server in json.loads(text)["servers"]]


def main():
    with Lab(os.environ["RIPPLE_BINARY_DIR"], servers=2, minimum=0, service_ms=10) as lab:
        lab.start()
        expect(having(lab, "pricing@1.0.0") == ["app1", "app2"], "both servers have 1.0.0")
        expect(having(lab, "pricing@9") == [] and having(lab, "nothing") == [], "none has others")
        file = lab.folder / "servers.yaml"
        whole = file.read_text()
        document = yaml.safe_load(whole)
        document["servers"][1]["applications"] = [
            a for a in document["servers"][1]["applications"] if a["name"] != "shop"]
        file.write_text(yaml.safe_dump(document, sort_keys=False))
        done = lab.apply(lab.plan("pricing", "1.1.0"))
        expect("app2: pricing is installed at 1.0.0 there too" in done.stderr,
               f"the server that was left out is named: {done.stderr.strip()}")
        expect(having(lab, "pricing@1.0.0") == ["app2"], "and is found afterwards")
        expect(having(lab, "pricing") == ["app1", "app2"], "both have some version")
        lab.servers[1].kill_agent()
        expect(having(lab, "pricing@1.1.0") == ["app1"], "one agent is enough for its own server")
        file.write_text(whole)


main()
