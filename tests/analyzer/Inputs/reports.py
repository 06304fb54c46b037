"""reports.py cyclonedx|sarif FILE: checks what a schema of that format asks of the parts that we write, and
what it cannot ask: that references lead somewhere. Then prints what the file says, a line each."""
import json
import pathlib
import re
import sys
import urllib.parse


def require(condition, what):
    if not condition:
        sys.exit(f"{sys.argv[2]}: {what}")


def only(value, required, optional, where):
    require(set(required) <= set(value) <= set(required) | set(optional), f"{where}: keys {sorted(value)}")


def properties(item):
    for entry in item.get("properties", []):
        only(entry, ["name", "value"], [], "property")
        require(isinstance(entry["value"], str), f"property {entry}")
    return [(entry["name"], entry["value"]) for entry in item.get("properties", [])]


class CycloneDx:
    """https://cyclonedx.org/docs/1.6/json/"""

    def __init__(self, bom):
        only(bom, ["$schema", "bomFormat", "specVersion", "version", "metadata", "components", "services",
                   "dependencies", "compositions"], [], "bom")
        require((bom["bomFormat"], bom["specVersion"], bom["version"]) == ("CycloneDX", "1.6", 1), "head")
        self.refs = {}
        for component in bom["components"]:
            self.component(component)
        for service in bom["services"]:
            self.service(service, "")
        self.dependencies(bom["dependencies"])
        for composition in bom["compositions"]:
            require(composition["aggregate"] in ("complete", "incomplete"), "aggregate")
            for ref in composition["dependencies"]:
                require(ref in self.refs, f"{ref} is nothing")
                print(f"{composition['aggregate']}: {ref}")

    def add(self, item):
        require(item["bom-ref"] and item["bom-ref"] not in self.refs, f"{item['bom-ref']} twice")
        self.refs[item["bom-ref"]] = item

    def component(self, item):
        only(item, ["type", "bom-ref", "name", "properties"], ["version", "hashes", "purl", "evidence"],
             item["name"])
        require(item["type"] in ("application", "library"), "type")
        self.add(item)
        for digest in item.get("hashes", []):
            require(digest["alg"] == "SHA-256" and re.fullmatch("[0-9a-f]{64}", digest["content"]), "hash")
        print(f"component {item['name']}: {item['type']} {item.get('purl', '-')}")
        for found in item.get("evidence", {}).get("occurrences", []):
            only(found, ["location", "line", "symbol"], [], "occurrence")
            if not found["location"].startswith("/"):
                print(f"  at {found['location']}:{found['line']} {found['symbol']}")
        for frame in item.get("evidence", {}).get("callstack", {}).get("frames", []):
            only(frame, ["module", "function", "line", "fullFilename"], [], "frame")
        properties(item)

    def service(self, item, indent):
        only(item, ["bom-ref", "name", "properties"], ["services"], item["name"])
        self.add(item)
        print(f"{indent}service {item['name']}")
        for name, value in properties(item):
            if name == "ripple:unresolved":
                print(f"{indent}  unresolved {value}")
        for inner in item.get("services", []):
            self.service(inner, indent + "  ")

    def dependencies(self, entries):
        require({entry["ref"] for entry in entries} == set(self.refs) and len(entries) == len(self.refs),
                "not each thing has its dependencies")
        for entry in entries:
            require(len(set(entry["dependsOn"])) == len(entry["dependsOn"]), f"{entry['ref']}: twice")
            for ref in entry["dependsOn"]:
                require(ref in self.refs, f"{entry['ref']} depends on {ref}, which is nothing")
            print(f"{entry['ref']} -> {' '.join(ref.split(':', 1)[1] for ref in entry['dependsOn'])}")


def sarif(log):
    only(log, ["$schema", "version", "runs"], [], "log")
    require(log["version"] == "2.1.0" and len(log["runs"]) == 1, "head")
    run = log["runs"][0]
    only(run, ["tool", "results", "artifacts", "columnKind"], [], "run")
    require(run["tool"]["driver"]["name"] == "ripple-analyzer", "tool")
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        require(rules[result["ruleIndex"]]["id"] == result["ruleId"], "rule")
        require(result["level"] in ("note", "warning", "error"), "level")
        place = "-"
        for location in result.get("locations", []):
            physical = location["physicalLocation"]
            artifact, region = physical["artifactLocation"], physical["region"]
            require(run["artifacts"][artifact["index"]]["location"]["uri"] == artifact["uri"], "artifact")
            path = pathlib.Path(urllib.parse.unquote(urllib.parse.urlparse(artifact["uri"]).path))
            line = path.read_text().splitlines()[region["startLine"] - 1]
            require(region["endLine"] == region["startLine"], "one line")
            text = line[region["startColumn"] - 1:region["endColumn"] - 1]
            place = f"{path.name}:{region['startLine']} [{text}]"
        print(f"{result['level']} {result['ruleId']} {place} {result['message']['text']}")


with open(sys.argv[2], encoding="utf-8") as stream:
    {"cyclonedx": CycloneDx, "sarif": sarif}[sys.argv[1]](json.load(stream))
