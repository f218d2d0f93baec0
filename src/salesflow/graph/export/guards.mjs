// What the guards and actions of an exported process mean, for XState 5.
//
//   import { createActor, createMachine } from "xstate";
//   import { implementations } from "./guards.mjs";
//   const machine = createMachine(JSON.parse(text)).provide(implementations(assign, { effect: console.log }));
//
// Events: { type: "move", to, role, reason }, { type: "learn", facts: { budget: 50000 } } (null: not
// known) and { type: "activity", kind, direction: "in" | "out", outcome } for each done activity.

const COMPARE = {
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};
const isKnown = (value) => value !== null && value !== undefined;
const stands = (value) => isKnown(value) && value !== false;

// Only true passes: a comparison that reads an unknown fact is false.
export function isTrue(gate, facts) {
  if (gate.all) return gate.all.every((part) => isTrue(part, facts));
  if (gate.any) return gate.any.some((part) => isTrue(part, facts));
  const other = gate.value !== null && typeof gate.value === "object" ? facts[gate.value.fact] : gate.value;
  return isKnown(facts[gate.fact]) && isKnown(other) && COMPARE[gate.op](facts[gate.fact], other);
}
const areTrue = (gates, facts) => (gates ?? []).every((gate) => isTrue(gate, facts));

const applies = (context, params) =>
  (!params.stages || params.stages.includes(context.stage))
  && areTrue(params.all, context.facts)
  && !context.ended.includes(params.after_end_of);
const isTouch = (event, rows) =>
  rows.some((row) => row.direction === event.direction && row.kinds.includes(event.kind)
    && !row.not_outcomes.includes(event.outcome));
const says = (event, fact) => Object.hasOwn(event.facts, fact);
const reasonIsGood = (params, reason) =>
  (!params.reason || Boolean(reason)) && (!params.reasons || !reason || params.reasons.includes(reason));

export const guards = {
  applies: ({ context }, params) => applies(context, params),
  applies_not: ({ context }, params) => !applies(context, params),
  begins: ({ context, event }, { fact }) => says(event, fact) && stands(event.facts[fact]) && !stands(context.facts[fact]),
  came_by_time: ({ context }) => context.by_time,
  closed: ({ context }) => context.closed,
  did: ({ event }, { kind }) => event.kind === kind,
  first_of_ended: ({ context }, { rule, among }) =>
    context.ended.find((id) => among.some((each) => each.rule === id && areTrue(each.all, context.facts))) === rule,
  holds: ({ context }, { fact }) => stands(context.facts[fact]),
  lacks: ({ context }, { fact }) => !stands(context.facts[fact]),
  may_move: ({ context, event }, params) =>
    event.to === params.to
    && areTrue(params.all, context.facts)
    && !(params.unless_breached && context.breached.length > 0)
    && (!params.roles || params.roles.includes(event.role))
    && reasonIsGood(params, event.reason)
    && (!params.last_open || params.last_open.includes(context.last_open)),
  revives: ({ context, event }, { rows, last_open }) => isTouch(event, rows) && context.last_open === last_open,
  says: ({ event }, { fact }) => says(event, fact) && isKnown(event.facts[fact]),
  touched: ({ event }, { rows }) => isTouch(event, rows),
  unsays: ({ event }, { fact }) => says(event, fact) && !isKnown(event.facts[fact]),
};

const without = (list, item) => list.filter((each) => each !== item);

// `assign` is XState's; `effect` is called with { rule, rung, to } when a rung acts.
export function implementations(assign, { effect = () => {} } = {}) {
  return {
    guards,
    actions: {
      block: assign({ breached: ({ context }, { rule }) => [...context.breached, rule] }),
      by_time: assign({ by_time: (_, params) => params.is }),
      effect: (_, params) => effect(params),
      ended: assign({ ended: ({ context }, { rule }) => [...context.ended, rule] }),
      entered: assign(({ context }, { stage, kind }) => ({
        stage,
        last_open: kind === "open" ? stage : context.last_open,
        closed: kind === "won" || kind === "lost",
      })),
      forget: assign({ facts: ({ context }, { fact }) => ({ ...context.facts, [fact]: null }) }),
      record: assign({
        facts: ({ context, event }, { facts }) => ({
          ...context.facts,
          ...Object.fromEntries(facts.filter((fact) => says(event, fact)).map((fact) => [fact, event.facts[fact]])),
        }),
      }),
      settled: assign({ ended: ({ context }, { rule }) => without(context.ended, rule) }),
      unblock: assign({ breached: ({ context }, { rule }) => without(context.breached, rule) }),
    },
  };
}
