// Parses FILE with Mermaid itself and prints each node with its text, then each edge.
//     node mermaid.mjs NODE_MODULES FILE
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [modules, file] = process.argv.slice(2).map((p) => path.resolve(p));
const { JSDOM } = createRequire(path.join(modules, "x"))("jsdom");
globalThis.window = new JSDOM("<body></body>").window;
globalThis.document = window.document;
const { default: mermaid } = await import(pathToFileURL(path.join(modules, "mermaid/dist/mermaid.core.mjs")));
const text = fs.readFileSync(file, "utf8");
await mermaid.parse(text); // Throws where it is wrong.
const diagram = await mermaid.mermaidAPI.getDiagramFromText(text);
const decode = (label) => label.replace(/ﬂ°°(\d+)¶ß/g, (_, code) => String.fromCharCode(code));
for (const node of diagram.db.getVertices().values()) console.log(`${node.id}: ${decode(node.text ?? "")}`);
for (const edge of diagram.db.getEdges()) console.log(`${edge.start} -> ${edge.end}`);
process.exit(0);
