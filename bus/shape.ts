/**
 * Checks what a peer sent. A shape takes any value and returns a fresh one of its type, holding known members only, or
 * throws a `ShapeError` that says where and why. Every shape is bounded: no string, list or tree is taken at any size.
 */
export type Shape<T> = (value: unknown) => T;

export class ShapeError extends Error {
  /** Members and indices from the root of the message to the value at fault. */
  readonly path: (string | number)[] = [];
  readonly reason: string;
  constructor(reason: string) {
    super(reason);
    this.name = "ShapeError";
    this.reason = reason;
  }
  /** "units[3].digest is no string". */
  describe(): string {
    const at = this.path.map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`)).join("");
    return at ? `${at.replace(/^\./, "")} ${this.reason}` : `it ${this.reason}`;
  }
}

export function text(charactersMax: number, pattern?: RegExp): Shape<string> {
  return (value) => {
    if (typeof value !== "string") throw new ShapeError("is no string");
    if (value.length > charactersMax) throw new ShapeError(`is longer than ${charactersMax} characters`);
    if (pattern && !pattern.test(value)) throw new ShapeError(`does not match ${pattern.source}`);
    return value;
  };
}

// C0 and C1 but tab and newline: what moves a terminal's cursor or rewrites what it shows.
const controls = /[^\P{Cc}\t\n]/gu;

/** Words for people, from a peer that may wish to write to their terminal: control characters are replaced. */
export function prose(charactersMax: number): Shape<string> {
  const bounded = text(charactersMax);
  return (value) => bounded(value).replace(controls, "\u{fffd}");
}

export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER): Shape<number> {
  return (value) => {
    if (!Number.isSafeInteger(value)) throw new ShapeError("is no integer");
    if ((value as number) < min || (value as number) > max) {
      throw new ShapeError(`is not from ${min} to ${max}`);
    }
    return value as number;
  };
}

export const finite: Shape<number> = (value) => {
  if (!Number.isFinite(value)) throw new ShapeError("is no finite number");
  return value as number;
};

export const flag: Shape<boolean> = (value) => {
  if (typeof value !== "boolean") throw new ShapeError("is no boolean");
  return value;
};

export function oneOf<const T extends string>(...values: readonly T[]): Shape<T> {
  return (value) => {
    if (!values.includes(value as T)) throw new ShapeError(`is none of ${values.join(", ")}`);
    return value as T;
  };
}

export function list<T>(item: Shape<T>, itemsMax: number): Shape<T[]> {
  return (value) => {
    if (!Array.isArray(value)) throw new ShapeError("is no list");
    if (value.length > itemsMax) throw new ShapeError(`has more than ${itemsMax} items`);
    return value.map((each, index) => within(index, item, each));
  };
}

/** An object whose member names are data. */
export function table<T>(
  item: Shape<T>,
  options: { membersMax: number; name: RegExp },
): Shape<Record<string, T>> {
  return (value) => {
    const entries = Object.entries(plainObject(value));
    if (entries.length > options.membersMax) {
      throw new ShapeError(`has more than ${options.membersMax} members`);
    }
    return Object.fromEntries(
      entries.map(([name, member]) => {
        if (name === "__proto__" || !options.name.test(name))
          throw new ShapeError("has a member of bad name");
        return [name, within(name, item, member)];
      }),
    );
  };
}

const optionalMark = Symbol("optional");
type OptionalShape<T> = Shape<T> & { [optionalMark]: true };

/** A member that may be left out. */
export function optional<T>(shape: Shape<T>): OptionalShape<T> {
  const marked = (value: unknown): T => shape(value);
  return Object.assign(marked, { [optionalMark]: true as const });
}

/** Every member of `T` has to be listed, optional ones as `optional(…)`, so that none is lost on the way by oversight. */
type Fields<T> = {
  [K in keyof T]-?: Record<never, never> extends Pick<T, K> ? OptionalShape<Required<T>[K]> : Shape<T[K]>;
};

export function object<T>(fields: Fields<T>): Shape<T> {
  const members = Object.entries(fields) as [string, Shape<unknown> & { [optionalMark]?: true }][];
  return (value) => {
    const given = plainObject(value);
    const made: Record<string, unknown> = {};
    for (const [name, shape] of members) {
      const member = Object.hasOwn(given, name) ? given[name] : undefined;
      if (member === undefined && shape[optionalMark]) continue;
      made[name] = within(name, shape, member);
    }
    return made as T;
  };
}

/** One of several objects, told apart by the string in `member`. */
export function union<T>(member: string, shapes: Record<string, Shape<T>>): Shape<T> {
  return (value) => {
    const which = plainObject(value)[member];
    const shape = typeof which === "string" && Object.hasOwn(shapes, which) ? shapes[which] : undefined;
    if (!shape) throw new ShapeError(`has a ${member} that is none of ${Object.keys(shapes).join(", ")}`);
    return shape(value);
  };
}

/** Any JSON, of bounded depth and number of values, so that code that walks it cannot run out of stack or time. */
export function tree(bounds: { depthMax: number; valuesMax: number }): Shape<unknown> {
  return (value) => {
    let values = 0;
    const walk = (node: unknown, depth: number): void => {
      if (++values > bounds.valuesMax) throw new ShapeError(`has more than ${bounds.valuesMax} values`);
      if (node === null || typeof node !== "object") return;
      if (depth >= bounds.depthMax) throw new ShapeError(`is nested deeper than ${bounds.depthMax}`);
      if (Object.hasOwn(node, "__proto__")) throw new ShapeError("has a member of bad name");
      for (const member of Object.values(node)) walk(member, depth + 1);
    };
    if (value === undefined) throw new ShapeError("is missing");
    walk(value, 0);
    return value;
  };
}

function plainObject(value: unknown): Record<string, unknown> {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new ShapeError("is no object");
  }
  return value as Record<string, unknown>;
}

function within<T>(part: string | number, shape: Shape<T>, value: unknown): T {
  try {
    return shape(value);
  } catch (error) {
    if (error instanceof ShapeError) error.path.unshift(part);
    throw error;
  }
}
