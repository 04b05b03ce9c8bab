import assert from "node:assert";

const token = "[^\\s.*>]+";
const subjectPattern = new RegExp(`^${token}(\\.${token})*$`);
const filterPattern = new RegExp(`^(${token}|\\*)(\\.(${token}|\\*))*(\\.>)?$|^>$`);
const subjectCharactersMax = 512;

/** Asserts that a message can be sent there: tokens between dots, no wildcards. */
export function assertSubject(subject: string): void {
  assert(subject.length <= subjectCharactersMax && subjectPattern.test(subject), `bad subject "${subject}"`);
}

/** Asserts that one can subscribe to it: `*` stands for one token, a last `>` for one or more. */
export function assertFilter(filter: string): void {
  assert(filter.length <= subjectCharactersMax && filterPattern.test(filter), `bad filter "${filter}"`);
}

interface Node<T> {
  children: Map<string, Node<T>>;
  here: Set<T>;
  rest: Set<T>;
}

/** Who is interested in which subjects: a tree by token, so that a match costs the depth and not the number of filters. */
export class InterestTree<T> {
  readonly #root: Node<T> = newNode();

  add(filter: string, member: T): void {
    assertFilter(filter);
    let node = this.#root;
    for (const part of filter.split(".")) {
      if (part === ">") {
        node.rest.add(member);
        return;
      }
      const next = node.children.get(part) ?? newNode();
      node.children.set(part, next);
      node = next;
    }
    node.here.add(member);
  }

  remove(filter: string, member: T): void {
    removeFrom(this.#root, filter.split("."), 0, member);
  }

  match(subject: string): T[] {
    const found: T[] = [];
    collect(this.#root, subject.split("."), 0, found);
    return found;
  }
}

function newNode<T>(): Node<T> {
  return { children: new Map(), here: new Set(), rest: new Set() };
}

function collect<T>(node: Node<T>, parts: readonly string[], at: number, found: T[]): void {
  const part = parts[at];
  if (part === undefined) {
    found.push(...node.here);
    return;
  }
  found.push(...node.rest);
  const exact = node.children.get(part);
  if (exact) collect(exact, parts, at + 1, found);
  const any = node.children.get("*");
  if (any) collect(any, parts, at + 1, found);
}

/** Removes the member, and every node that is empty after. */
function removeFrom<T>(node: Node<T>, parts: readonly string[], at: number, member: T): boolean {
  const part = parts[at];
  if (part === undefined) node.here.delete(member);
  else if (part === ">") node.rest.delete(member);
  else {
    const child = node.children.get(part);
    if (child && removeFrom(child, parts, at + 1, member)) node.children.delete(part);
  }
  return node.children.size === 0 && node.here.size === 0 && node.rest.size === 0;
}
