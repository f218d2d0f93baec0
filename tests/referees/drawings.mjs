// Reads drawings and diagrams with the programs that they are written for, and tells what those
// understood: mermaid's own parser, Graphviz, and the parser of bpmn.io.
//
//   node drawings.mjs drawings.json

import { readFileSync } from "node:fs";
import { instance } from "@viz-js/viz";
import { BpmnModdle } from "bpmn-moddle";
import { JSDOM } from "jsdom";

// mermaid cleans labels with the help of a browser.
globalThis.window = new JSDOM("").window;
globalThis.document = window.document;
const { default: mermaid } = await import("mermaid");
mermaid.initialize({ startOnLoad: false });
const viz = await instance();

// What mermaid puts in the place of #58; until it draws.
const decoded = (label) =>
  label.replace(/ﬂ°°(\d+)¶ß/g, (_, code) => String.fromCodePoint(Number(code)));

async function mermaidSays(text) {
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
  const { nodes, edges } = db.getData();
  return {
    nodes: nodes.map((node) => [node.id, decoded(node.label)]),
    edges: edges.map((edge) => [edge.start, edge.end, decoded(edge.label ?? "")]),
  };
}

function dotSays(text) {
  const { status, output, errors } = viz.render(text, { format: "json0" });
  if (status !== "success") return { error: errors };
  const { objects = [], edges = [] } = JSON.parse(output);
  const name = (place) => objects[place].name;
  return {
    nodes: objects.map((node) => node.name),
    edges: edges.map((edge) => [name(edge.tail), name(edge.head)]),
  };
}

async function bpmnSays(text) {
  const { rootElement, warnings } = await new BpmnModdle().fromXML(text);
  const [process] = rootElement.rootElements;
  const drawn = rootElement.diagrams[0].plane.planeElement.map((each) => each.bpmnElement.id);
  return {
    warnings: warnings.map((each) => each.message),
    steps: process.flowElements.filter((each) => each.$type !== "bpmn:SequenceFlow").map((each) => [each.id, each.$type]),
    flows: process.flowElements
      .filter((each) => each.$type === "bpmn:SequenceFlow")
      .map((each) => [each.sourceRef.id, each.targetRef.id]),
    undrawn: process.flowElements.map((each) => each.id).filter((id) => !drawn.includes(id)),
  };
}

const answers = [];
for (const { mermaid: state, dot, bpmn } of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
  answers.push({
    mermaid: await mermaidSays(state),
    dot: dotSays(dot),
    bpmn: await bpmnSays(bpmn),
  });
}
console.log(JSON.stringify(answers));
