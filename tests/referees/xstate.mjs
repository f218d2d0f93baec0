// Lives the traces of a file in XState 5 and writes down where they differ from the live engine.
//
//   node xstate.mjs cases.json

import { readFileSync } from "node:fs";
import { assign, createActor, createMachine, SimulatedClock } from "xstate";

const { guards, cases } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { implementations } = await import(guards);

const due = (clock) => [...clock.timeouts.values()].map((each) => each.start + each.timeout);

// Steps to each deadline, never over one. Returns whether several fell together: their order is the
// engine's own.
function advance(clock, to) {
  let tied = false;
  for (;;) {
    const pending = due(clock);
    const next = Math.min(Infinity, ...pending);
    if (next > to) break;
    tied ||= pending.filter((each) => each === next).length > 1;
    clock.set(next);
  }
  if (clock.now() < to) clock.set(to);
  return tied;
}

const statusOf = (snapshot) =>
  snapshot.hasTag("breached") ? "breached" : snapshot.hasTag("due") ? "due" : "ok";

function live(config, trace) {
  const effects = [];
  const machine = createMachine(structuredClone(config)).provide(
    implementations(assign, { effect: ({ rule, rung }) => effects.push([rule, rung]) }),
  );
  const clock = new SimulatedClock();
  const actor = createActor(machine, { clock }).start();
  let tied = false;
  for (const [index, step] of trace.steps.entries()) {
    tied = advance(clock, step.at) || tied;
    if (step.event) actor.send(step.event);
    const snapshot = actor.getSnapshot();
    const seen = { stage: snapshot.context.stage, status: statusOf(snapshot) };
    if (seen.stage !== step.stage || seen.status !== step.status) return { index, tied, seen, wanted: step };
  }
  const told = JSON.stringify(effects.sort((a, b) => (a.join() < b.join() ? -1 : 1)));
  const wanted = JSON.stringify([...trace.effects].sort((a, b) => (a.join() < b.join() ? -1 : 1)));
  return told === wanted ? null : { index: -1, tied, seen: effects, wanted: trace.effects };
}

const differences = [];
for (const { seed, machine, traces } of cases) {
  for (const [number, trace] of traces.entries()) {
    const found = live(machine, trace);
    if (found) differences.push({ seed, trace: number, ...found });
  }
}
console.log(JSON.stringify(differences));
