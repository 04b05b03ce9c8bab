import { diff, type PlannedCommand } from "../../../controller/diff.ts";
import { rotateTo } from "../../../controller/rotation/choose-target.ts";
import {
  type Member,
  type Move,
  newRecord,
  type Role,
  type RotationRecord,
  roles,
} from "../../../controller/rotation/rotation-record.ts";
import type { RotationSettings } from "../../../controller/rotation/rotation-settings.ts";
import type { RotationSight } from "../../../controller/rotation/rotation-sight.ts";
import { stepRotation } from "../../../controller/rotation/step-rotation.ts";
import { unitLife } from "../../../controller/rotation/unit-life.ts";
import type { DesiredUnit, ObservedUnit, UnitState } from "../../../schemas/mod.ts";

/** One member's unit on a host. */
interface ModelUnit {
  state: UnitState;
  priority: number;
  isIdle?: true;
}
type Units = Partial<Record<Member, ModelUnit>>;

interface Batch {
  term: number;
  commands: PlannedCommand[];
}

interface ModelHost {
  role: Role;
  units: Units;
  /** The newest term it has seen. */
  term: number;
  /** What it was sent and has not got yet; in order for each term. */
  wire: Batch[];
  isCut: boolean;
  /** The controller's picture of it. */
  view: Units;
  /** The controller has an answer of it in its own term, to all that it sent. */
  isCertain: boolean;
  /** A batch of this controller is waited for. */
  isPending: boolean;
}

/** How many faults of each sort may still happen. */
export interface Faults {
  crashes: number;
  asks: number;
  losses: number;
  cuts: number;
  /** What was decided cannot be read any more. */
  amnesias: number;
}

/** Time is always 0; when it passes, the times of the past move back. */
export interface ModelState {
  record: RotationRecord;
  term: number;
  hosts: ModelHost[];
  /** Ticks since any sender could customize with the member; a member never used has none. */
  quiet: Partial<Record<Member, number>>;
  left: Faults;
}

export interface Next {
  action: string;
  state: ModelState;
  /** The members that some receiver could not read at some moment of the action. */
  unreadable: Member[];
}

/** What a broken planner does otherwise. */
export interface Mutation {
  life?: typeof unitLife;
  /** Takes every picture of a host for certain. */
  trusts?: true;
  overlapMs?: number;
  /** Takes members for absent of which nothing is known. */
  findsNothing?: true;
}

export interface ModelOptions {
  settings: RotationSettings;
  mutation?: Mutation;
}

const wireMax = 2;
const priorities: Record<Member, number> = { a: 10, b: 20, c: 30 };
const pastMax = 4;

/** Everything that can happen next. */
export function* transitions(state: ModelState, options: ModelOptions): Iterable<Next> {
  yield* decide(state, options);
  for (const at of state.hosts.keys()) {
    yield* send(state, at, options);
    yield* deliver(state, at, options);
    yield* lose(state, at, options);
    yield* drain(state, at, options);
    yield* cut(state, at, options);
  }
  yield* crash(state, options);
  yield* changeMind(state, options);
  yield* forget(state, options);
  yield* tick(state, options);
}

/** All that the hosts can do to each other's messages: the invariant, as the engine sees it. */
export function unreadableIn(state: ModelState, { settings }: ModelOptions): Member[] {
  return settings.through.filter((member) => {
    const isWritten = state.hosts.some(({ role, units }) => role === "sender" && mayWrite(units[member]));
    const isLate = (state.quiet[member] ?? settings.overlapMs) < settings.overlapMs;
    if (!isWritten && !isLate) return false;
    return state.hosts.some(({ role, units }) => role === "receiver" && units[member]?.state !== "active");
  });
}

const mayWrite = (unit: ModelUnit | undefined): boolean =>
  unit?.state === "active" || unit?.state === "deprecated";

/** One text for states that differ only in which host of a role is which. */
export function keyOf(state: ModelState): string {
  const hosts = state.hosts.map((host) => JSON.stringify(host)).sort();
  return JSON.stringify([state.record, state.term, hosts, state.quiet, state.left]);
}

function sightOf({ hosts }: ModelState, { mutation }: ModelOptions): RotationSight {
  const of = (role: Role): string[] => [...hosts.keys()].filter((at) => hosts[at]?.role === role).map(String);
  return {
    hosts: { sender: of("sender"), receiver: of("receiver") },
    priorities,
    unit: (id, _, member) => {
      const { isCertain, isPending, isCut, view } = hosts[Number(id)] as ModelHost;
      const unit = view[member];
      return {
        isCertain: mutation?.trusts ?? (isCertain && !isPending && !isCut),
        ...(unit && {
          unit: { state: unit.state, priority: unit.priority, isSound: true, isIdle: unit.isIdle ?? false },
        }),
      };
    },
  };
}

function* decide(state: ModelState, options: ModelOptions): Iterable<Next> {
  const overlapMs = options.mutation?.overlapMs ?? options.settings.overlapMs;
  const settings = { ...options.settings, overlapMs };
  const { record } = stepRotation(settings, state.record, sightOf(state, options), {
    nowMs: 0,
    random: () => 0,
  });
  if (record !== state.record) yield still("decide", { ...state, record: withoutPast(record) }, options);
}

function* changeMind(state: ModelState, options: ModelOptions): Iterable<Next> {
  if (state.left.asks === 0) return;
  for (const to of options.settings.through) {
    const { record } = rotateTo(state.record, to, 0);
    const left = { ...state.left, asks: state.left.asks - 1 };
    yield still(`rotate to ${to}`, { ...state, left, record: withoutPast(record) }, options);
  }
}

/** History has no influence; without it states that differ in nothing else are one. */
function withoutPast(record: RotationRecord): RotationRecord {
  const { tookMs: _, ...move } = record.move ?? {};
  return { ...record, ...(record.move && { move: move as Move }), history: [] };
}

function planFor(state: ModelState, at: number, options: ModelOptions): PlannedCommand[] {
  const { role, view } = state.hosts[at] as ModelHost;
  const life = options.mutation?.life ?? unitLife;
  const context = { settings: options.settings, record: state.record, sight: sightOf(state, options) };
  const desired = options.settings.through.flatMap((member): DesiredUnit[] => {
    const wanted = life({ host: String(at), role, member }, context);
    const unit = { id: member, engine: "layer45" as const, digest: "", spec: {}, artifacts: [] };
    return wanted === "absent" ? [] : [{ unit, ...wanted }];
  });
  const observed = Object.entries(view).map(
    ([id, unit]): ObservedUnit => ({ id, engine: "layer45", digest: "", ...(unit as ModelUnit) }),
  );
  return diff(desired, observed);
}

function* send(state: ModelState, at: number, options: ModelOptions): Iterable<Next> {
  const host = state.hosts[at] as ModelHost;
  if (host.isPending || host.isCut || host.wire.length >= wireMax) return;
  const commands = planFor(state, at, options);
  if (commands.length === 0 && host.isCertain) return;
  const wire = [...host.wire, { term: state.term, commands }];
  yield still(`send ${at}`, withHost(state, at, { wire, isPending: true, isCertain: false }), options);
}

/** The first batch of each term may arrive next: whole and answered, or whole, in part or not at all and unanswered. */
function* deliver(state: ModelState, at: number, options: ModelOptions): Iterable<Next> {
  const host = state.hosts[at] as ModelHost;
  if (host.isCut) return;
  for (const [place, batch] of host.wire.entries()) {
    if (host.wire.findIndex(({ term }) => term === batch.term) < place) continue;
    const wire = host.wire.filter((_, other) => other !== place);
    const isOwn =
      host.isPending && batch.term === state.term && !wire.some(({ term }) => term === state.term);
    const { units, unreadable } = carryOut(state, at, { batch, options });
    const term = Math.max(host.term, batch.term);
    const after: Partial<ModelHost> = { wire, units, term };
    if (isOwn) Object.assign(after, { view: units, isCertain: true, isPending: false });
    yield { action: `deliver ${at}`, state: withHost(state, at, after), unreadable };
    if (!isOwn || state.left.losses === 0) continue;
    const left = { ...state.left, losses: state.left.losses - 1 };
    const lost = { ...state, left };
    yield {
      action: `deliver ${at}, reply lost`,
      state: withHost(lost, at, { wire, units, term, isPending: false }),
      unreadable,
    };
    for (let count = 0; count < batch.commands.length; count++) {
      const part = { term: batch.term, commands: batch.commands.slice(0, count) };
      const partly = carryOut(state, at, { batch: part, options });
      yield {
        action: `deliver ${count} commands to ${at}, then its daemon starts again`,
        state: withHost(lost, at, { wire, units: partly.units, term, isPending: false }),
        unreadable: partly.unreadable,
      };
    }
  }
}

/** Carries out one command after another, and looks at the invariant after each. */
function carryOut(
  state: ModelState,
  at: number,
  { batch, options }: { batch: Batch; options: ModelOptions },
): { units: Units; unreadable: Member[] } {
  const host = state.hosts[at] as ModelHost;
  const unreadable = new Set<Member>();
  let { units } = host;
  if (batch.term < host.term) return { units, unreadable: [] };
  for (const command of batch.commands) {
    units = applied(units, command);
    for (const member of unreadableIn(withHost(state, at, { units }), options)) unreadable.add(member);
  }
  return { units, unreadable: [...unreadable] };
}

const states = { activate: "active", deactivate: "installed", deprecate: "deprecated" } as const;

function applied(units: Units, command: PlannedCommand): Units {
  if (command.verb === "install") {
    const { id } = command.unit;
    const { priority } = command;
    return { ...units, [id]: { state: units[id]?.state ?? "installed", priority } };
  }
  const { [command.unit]: unit, ...others } = units;
  if (!unit || command.verb === "revoke") return others;
  const after =
    command.verb === "prioritize"
      ? { ...unit, priority: command.priority }
      : { state: states[command.verb], priority: unit.priority };
  return inOrder({ ...others, [command.unit]: after });
}

const inOrder = (units: Units): Units =>
  Object.fromEntries(Object.entries(units).sort(([a], [b]) => (a < b ? -1 : 1)));

/** A batch is waited for no longer, and arrives later; or a report says what the controller did not know. */
function* lose(state: ModelState, at: number, options: ModelOptions): Iterable<Next> {
  const host = state.hosts[at] as ModelHost;
  if (host.isPending && state.left.losses > 0) {
    const left = { ...state.left, losses: state.left.losses - 1 };
    yield still(`${at} does not answer`, withHost({ ...state, left }, at, { isPending: false }), options);
  }
  if (!host.isCut && !host.isPending && JSON.stringify(host.view) !== JSON.stringify(host.units)) {
    yield still(`${at} reports`, withHost(state, at, { view: host.units }), options);
  }
}

/** The last flow of a deprecated unit ends. */
function* drain(state: ModelState, at: number, options: ModelOptions): Iterable<Next> {
  const { units } = state.hosts[at] as ModelHost;
  for (const [member, unit] of Object.entries(units)) {
    if (unit?.state !== "deprecated" || unit.isIdle) continue;
    const idle = { ...units, [member]: { ...unit, isIdle: true as const } };
    yield still(`${member} on ${at} is idle`, withHost(state, at, { units: idle }), options);
  }
}

function* cut(state: ModelState, at: number, options: ModelOptions): Iterable<Next> {
  const { isCut } = state.hosts[at] as ModelHost;
  if (isCut) yield still(`${at} is back`, withHost(state, at, { isCut: false }), options);
  else if (state.left.cuts > 0) {
    const left = { ...state.left, cuts: state.left.cuts - 1 };
    yield still(`${at} is away`, withHost({ ...state, left }, at, { isCut: true }), options);
  }
}

/**
 * Another controller takes the lead, with the record and the reports there are. The one before may live on for a while:
 * what it would still send is on its way.
 */
function* crash(state: ModelState, options: ModelOptions): Iterable<Next> {
  if (state.left.crashes === 0) return;
  const hosts = state.hosts.map((host, at) => {
    const commands = host.isPending ? [] : planFor(state, at, options);
    const last = commands.length > 0 ? [{ term: state.term, commands }] : [];
    return { ...host, wire: [...host.wire, ...last], isCertain: false, isPending: false };
  });
  const left = { ...state.left, crashes: state.left.crashes - 1 };
  yield still("another controller leads", { ...state, term: state.term + 1, hosts, left }, options);
}

/** The entry cannot be read: what hosts have is taken as found. */
function* forget(state: ModelState, options: ModelOptions): Iterable<Next> {
  if (state.left.amnesias === 0) return;
  const left = { ...state.left, amnesias: state.left.amnesias - 1 };
  const record = newRecord(options.mutation?.findsNothing ? [] : options.settings.through);
  yield still("what was decided is lost", { ...state, left, record }, options);
}

function* tick(state: ModelState, options: ModelOptions): Iterable<Next> {
  const { record, hosts } = state;
  const past = (at: number): number => Math.max(-pastMax, at - 1);
  const stages = Object.fromEntries(
    Object.entries(record.stages).map(([member, stage]) =>
      stage.at === "late" && stage.sinceMs !== undefined
        ? [member, { ...stage, sinceMs: past(stage.sinceMs) }]
        : [member, stage],
    ),
  );
  const move = record.move && { ...record.move, startedMs: 0, stepMs: past(record.move.stepMs) };
  const quiet: ModelState["quiet"] = {};
  for (const member of options.settings.through) {
    const isWritten = hosts.some(({ role, units }) => role === "sender" && mayWrite(units[member]));
    const before = state.quiet[member];
    if (isWritten) quiet[member] = 0;
    else if (before !== undefined) quiet[member] = Math.min(pastMax, before + 1);
  }
  yield still("tick", { ...state, record: { ...record, stages, ...(move && { move }) }, quiet }, options);
}

function withHost(state: ModelState, at: number, change: Partial<ModelHost>): ModelState {
  const hosts = state.hosts.map((host, other) => (other === at ? { ...host, ...change } : host));
  const quiet = { ...state.quiet };
  if (change.units && hosts[at]?.role === "sender") {
    // What a sender had until now may be on its way from now on.
    for (const [member, unit] of Object.entries(state.hosts[at]?.units ?? {})) {
      if (mayWrite(unit)) quiet[member] = 0;
    }
    for (const [member, unit] of Object.entries(change.units)) if (mayWrite(unit)) quiet[member] = 0;
  }
  return { ...state, hosts, quiet };
}

const still = (action: string, state: ModelState, options: ModelOptions): Next => ({
  action,
  state,
  unreadable: unreadableIn(state, options),
});

/** A fleet at rest: member "a" everywhere, or nothing anywhere that anybody knows of. */
export function initialState(
  { senders, receivers }: { senders: number; receivers: number },
  { record, units, left }: { record: RotationRecord; units: Units; left: Faults },
): ModelState {
  const count = { sender: senders, receiver: receivers };
  const hosts = roles.flatMap((role) =>
    Array.from({ length: count[role] }, (): ModelHost => {
      return { role, units, term: 1, wire: [], isCut: false, view: units, isCertain: true, isPending: false };
    }),
  );
  const quiet = Object.fromEntries(Object.keys(units).map((member) => [member, 0]));
  return { record, term: 1, hosts, quiet, left };
}
