import type { SleepLayer } from "../../schemas/mod.ts";
import { type WordPrefix, wordMask } from "./address.ts";
import { AddressTable } from "./address-table.ts";
import { type Headers, protocol } from "./headers.ts";

/** What the index needs to know of a rule. */
export interface IndexedRule {
  id: string;
  /** Lower first; ties by id. */
  priority: number;
  layer: SleepLayer;
  prefixes: readonly WordPrefix[];
  port: number | undefined;
  /** The index's own: the lookup that found this rule last. */
  mark: number;
}

/** The rules of one prefix. */
interface Shelf<R> {
  /** Rules that see every packet: layers IP, IPv4 and IPv6. */
  every: R[];
  protocols: Map<number, { everyPort: R[]; ports: Map<number, R[]> }>;
  rules: number;
}

/**
 * Finds the rules that a packet concerns by its destination, protocol and port: one hash lookup for each prefix length in
 * use, so that the cost does not grow with rules or hosts (the wish of sloth-sleep-proxy §5.3.3).
 *
 * A rule above layer 3 never sees fragments: they are not reassembled, and only the first would have ports.
 */
export class RuleIndex<R extends IndexedRule> {
  /** What the last `find` found, in order of priority; its answer says how many of them count. */
  readonly found: R[] = [];
  readonly #families = { 4: new FamilyIndex<R>(), 6: new FamilyIndex<R>() };
  #mark = 0;

  add(rule: R): void {
    for (const { family, prefix, protocols } of places(rule)) {
      this.#families[family].add(rule, prefix, protocols);
    }
  }

  /** The rule must have the priority, layer, prefixes and port that it was added with. */
  remove(rule: R): void {
    for (const { family, prefix, protocols } of places(rule)) {
      this.#families[family].remove(rule, prefix, protocols);
    }
  }

  /** How many rules concern the packet. */
  find(headers: Headers): number {
    if (headers.family === 0) return 0;
    this.#mark = (this.#mark + 1) | 0;
    const family = headers.family === 4 ? this.#families[4] : this.#families[6];
    return family.find(headers, this.found, this.#mark);
  }
}

/** The rules of one address family. Of IPv4 only the last word counts, and prefixes are 96 bits longer. */
class FamilyIndex<R extends IndexedRule> {
  readonly #shelves = new AddressTable<Shelf<R>>();
  /** How many shelves there are for each prefix length. */
  readonly #shelvesByBits = new Int32Array(129);
  /** WordPrefix lengths in use. */
  #bitsInUse: number[] = [];

  add(rule: R, prefix: WordPrefix, number: number): void {
    const [bits, words] = keyOf(prefix);
    let shelf = this.#shelves.get(bits, ...words);
    if (!shelf) {
      shelf = { every: [], protocols: new Map(), rules: 0 };
      this.#shelves.set(bits, words, shelf);
      this.#count(bits, 1);
    }
    shelf.rules += 1;
    insertInOrder(listOf(shelf, number, rule.port), rule);
  }

  remove(rule: R, prefix: WordPrefix, number: number): void {
    const [bits, words] = keyOf(prefix);
    const shelf = this.#shelves.get(bits, ...words);
    if (!shelf) return;
    const list = listOf(shelf, number, rule.port);
    const place = list.indexOf(rule);
    if (place < 0) return;
    list.splice(place, 1);
    shelf.rules -= 1;
    if (list.length === 0 && rule.port !== undefined) shelf.protocols.get(number)?.ports.delete(rule.port);
    if (shelf.rules > 0) return;
    this.#shelves.delete(bits, words);
    this.#count(bits, -1);
  }

  find(headers: Headers, found: R[], mark: number): number {
    let count = 0;
    let lists = 0;
    for (let place = 0; place < this.#bitsInUse.length; place += 1) {
      const bits = this.#bitsInUse[place]!;
      const shelf = this.#shelves.get(
        bits,
        headers.d0 & wordMask(bits, 0),
        headers.d1 & wordMask(bits, 1),
        headers.d2 & wordMask(bits, 2),
        headers.d3 & wordMask(bits, 3),
      );
      if (shelf === undefined) continue;
      const before = count;
      count = collect(shelf.every, found, count, mark);
      if (count > before) lists += 1;
      if (headers.fragment) continue;
      const rules = shelf.protocols.get(headers.protocol);
      if (rules === undefined) continue;
      const middle = count;
      count = collect(rules.everyPort, found, count, mark);
      if (count > middle) lists += 1;
      const ofPort = headers.destinationPort < 0 ? undefined : rules.ports.get(headers.destinationPort);
      if (ofPort === undefined) continue;
      count = collect(ofPort, found, count, mark);
      lists += 1;
    }
    if (lists > 1) sortFirst(found, count);
    return count;
  }

  #count(bits: number, change: number): void {
    this.#shelvesByBits[bits]! += change;
    this.#bitsInUse = [...this.#shelvesByBits.keys()]
      .filter((length) => this.#shelvesByBits[length]! > 0)
      .reverse();
  }
}

/** No protocol: the rule sees all of them. */
const everyProtocol = -1;

/** Where a rule belongs: a family, a prefix, and a protocol number. */
function places(rule: IndexedRule): { family: 4 | 6; prefix: WordPrefix; protocols: number }[] {
  return rule.prefixes.flatMap((prefix) => {
    const number = protocolOf(rule.layer, prefix.family);
    return number === undefined ? [] : [{ family: prefix.family, prefix, protocols: number }];
  });
}

/** Undefined when the layer has no place in that family. */
function protocolOf(layer: SleepLayer, family: 4 | 6): number | undefined {
  switch (layer) {
    case "IP":
      return everyProtocol;
    case "IPv4":
      return family === 4 ? everyProtocol : undefined;
    case "IPv6":
      return family === 6 ? everyProtocol : undefined;
    case "ICMP":
      return family === 4 ? protocol.icmp : protocol.icmp6;
    case "IGMP":
      return family === 4 ? protocol.igmp : undefined;
    case "UDP":
      return protocol.udp;
    case "TCP":
      return protocol.tcp;
  }
}

function keyOf(prefix: WordPrefix): [number, [number, number, number, number]] {
  const bits = prefix.family === 4 ? prefix.bits + 96 : prefix.bits;
  const [a, b, c, d] = prefix.words;
  return [bits, [a & wordMask(bits, 0), b & wordMask(bits, 1), c & wordMask(bits, 2), d & wordMask(bits, 3)]];
}

function listOf<R>(shelf: Shelf<R>, number: number, port: number | undefined): R[] {
  if (number === everyProtocol) return shelf.every;
  let rules = shelf.protocols.get(number);
  if (!rules) {
    rules = { everyPort: [], ports: new Map() };
    shelf.protocols.set(number, rules);
  }
  if (port === undefined) return rules.everyPort;
  let list = rules.ports.get(port);
  if (!list) {
    list = [];
    rules.ports.set(port, list);
  }
  return list;
}

function isBefore(a: IndexedRule, b: IndexedRule): boolean {
  return a.priority !== b.priority ? a.priority < b.priority : a.id < b.id;
}

function insertInOrder<R extends IndexedRule>(list: R[], rule: R): void {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(list[middle]!, rule)) low = middle + 1;
    else high = middle;
  }
  list.splice(low, 0, rule);
}

/** Appends the rules that this lookup has not found yet. */
function collect<R extends IndexedRule>(list: R[], found: R[], count: number, mark: number): number {
  let next = count;
  for (let place = 0; place < list.length; place += 1) {
    const rule = list[place]!;
    if (rule.mark === mark) continue;
    rule.mark = mark;
    found[next] = rule;
    next += 1;
  }
  return next;
}

/** Insertion sort of the first `count`: they are few, and in runs that are sorted already. */
function sortFirst(found: IndexedRule[], count: number): void {
  for (let place = 1; place < count; place += 1) {
    const rule = found[place]!;
    let at = place;
    for (; at > 0 && isBefore(rule, found[at - 1]!); at -= 1) found[at] = found[at - 1]!;
    found[at] = rule;
  }
}
