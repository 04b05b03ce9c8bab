import {
  fail,
  type Prefix,
  parsePrefix,
  prefixContains,
  type SleeperSpec,
  type SleepLayer,
  type SleepRuleSpec,
  sleepLayers,
} from "../../schemas/mod.ts";

const rulesMax = 1_024;
const addressesMax = 64;
/** Of a rule's config: lists and objects within each other. */
const depthMax = 32;
const quotedMax = 80;
const intervalMaxS = 2 ** 32 - 1;
/** As a Rule has that says nothing about it. */
const ruleLimits = { memoryBytes: 1024 * 1024, timeMs: 5 } as const;
/** What every host on a link receives anyway: a rule that sees it too takes nothing from anybody. */
const shared = ["224.0.0.0/4", "255.255.255.255/32", "ff00::/8"].map(parsePrefix) as Prefix[];
const characteristics = ["addresses", "port", "raw", "stream", "interval", "config"];

/**
 * Reads the JSON file that comes with a subscription (sloth-sleep-proxy §3.5) as the rules of one host. `config` is an
 * addition of ours: what the module's `configure` is given. Throws `responder.rules-invalid`, and
 * `responder.foreign-address` for an address that is not the host's own.
 */
export function readRulesFile(text: Uint8Array, sleeper: SleeperSpec): SleepRuleSpec[] {
  const rules = parse(text);
  if (!Array.isArray(rules)) return invalid("the file", "should be a list of rules");
  if (rules.length > rulesMax) return invalid("the file", `has more than ${rulesMax} rules`);
  return rules.map((rule, index) => readRule(rule, index, sleeper));
}

function parse(text: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text));
  } catch (error) {
    return invalid("the file", `is no JSON text in UTF-8: ${(error as Error).message}`);
  }
}

function readRule(rule: unknown, index: number, sleeper: SleeperSpec): SleepRuleSpec {
  const where = `rule ${index}`;
  if (!isObject(rule)) return invalid(where, "should be an object with its layer as the key");
  const [layer, ...more] = Object.keys(rule);
  if (layer === undefined || more.length > 0) return invalid(where, "should have its layer as the only key");
  if (!isLayer(layer))
    return invalid(where, `has the layer ${quote(layer)}; it should be one of ${sleepLayers.join(", ")}`);
  const values = rule[layer];
  if (!isObject(values)) return invalid(where, "should have an object behind its layer");
  const unknown = Object.keys(values).find((key) => !characteristics.includes(key));
  if (unknown !== undefined)
    return invalid(where, `has ${quote(unknown)}; known are ${characteristics.join(", ")}`);
  const { raw = false, stream = false, config = {} } = values;
  if (typeof raw !== "boolean") return invalid(where, 'should have true or false as "raw"');
  if (typeof stream !== "boolean") return invalid(where, 'should have true or false as "stream"');
  if (!isShallow(config, depthMax)) return invalid(where, `has a "config" deeper than ${depthMax}`);
  const addresses = readAddresses(values.addresses, index, sleeper);
  if (stream && (layer !== "TCP" || values.port === undefined || raw || addresses.some(isShared))) {
    const needs = 'TCP, with a "port", without "raw", for the host\'s own addresses';
    return invalid(where, `has "stream"; that goes with ${needs}`);
  }
  return {
    type: "rule",
    host: sleeper.host,
    layer,
    addresses,
    ...readPort(values.port, layer, where),
    raw,
    ...(stream && { stream }),
    ...readInterval(values.interval, where),
    config,
    limits: ruleLimits,
    onFault: "drop",
  };
}

function readAddresses(value: unknown, rule: number, sleeper: SleeperSpec): string[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > addressesMax) {
    return invalid(`rule ${rule}`, `should have a list of 1 to ${addressesMax} prefixes as "addresses"`);
  }
  return value.map((text: unknown) => {
    const prefix = typeof text === "string" ? parsePrefix(text) : undefined;
    if (!prefix) return invalid(`rule ${rule}`, `has ${quote(text)} among its addresses, which is no prefix`);
    if (!isOwn(prefix, sleeper)) {
      fail("responder.foreign-address", { rule, address: text as string, host: sleeper.host });
    }
    return (text as string).includes("/") ? (text as string) : `${text}/${prefix.length}`;
  });
}

function isToMany(prefix: Prefix): boolean {
  return shared.some((one) => prefixContains(one, prefix));
}

function isShared(text: string): boolean {
  const prefix = parsePrefix(text);
  return prefix !== undefined && isToMany(prefix);
}

/** One of the host's addresses and nothing beside it, or what is sent to many. */
export function isOwn(prefix: Prefix, sleeper: SleeperSpec): boolean {
  if (isToMany(prefix)) return true;
  const bits = prefix.family === 4 ? 32 : 128;
  if (prefix.length !== bits) return false;
  return sleeper.interfaces.some(({ addresses }) =>
    addresses.some((text) => {
      const own = parsePrefix(text);
      return own?.family === prefix.family && own.address === prefix.address;
    }),
  );
}

function readPort(value: unknown, layer: SleepLayer, where: string): { port?: number } {
  if (value === undefined) return {};
  if (layer !== "UDP" && layer !== "TCP") return invalid(where, 'has a "port"; only UDP and TCP have ports');
  if (!isIntegerIn(value, 1, 65_535)) return invalid(where, 'should have 1 to 65535 as "port"');
  return { port: value };
}

function readInterval(value: unknown, where: string): { intervalMs?: number } {
  if (value === undefined) return {};
  if (!isIntegerIn(value, 1, intervalMaxS)) {
    return invalid(where, `should have 1 to ${intervalMaxS} seconds as "interval"`);
  }
  return { intervalMs: value * 1000 };
}

function isIntegerIn(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depth > 0 && Object.values(value).every((member) => isShallow(member, depth - 1));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isLayer(text: string): text is SleepLayer {
  return (sleepLayers as readonly string[]).includes(text);
}

/** What a stranger wrote goes into a log: not much of it. */
function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length <= quotedMax ? text : `${text.slice(0, quotedMax)}…`;
}

function invalid(where: string, reason: string): never {
  return fail("responder.rules-invalid", { where, reason });
}
