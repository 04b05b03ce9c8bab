import { suite } from "uvu";
import * as assert from "uvu/assert";
import { newRecord, type RotationRecord } from "../../../controller/rotation/rotation-record.ts";
import type { RotationSettings } from "../../../controller/rotation/rotation-settings.ts";
import { unitLife } from "../../../controller/rotation/unit-life.ts";
import { type Exploration, explore } from "./explore.ts";
import { restOf } from "./rest-of.ts";
import { type Faults, initialState, type Mutation } from "./rotation-model.ts";

const test = suite("a rotation, in every order that things can happen");

const noFaults: Faults = { crashes: 0, asks: 0, losses: 0, cuts: 0, amnesias: 0 };
const atRest: RotationRecord = {
  current: "a",
  front: { sender: "a", receiver: "a" },
  stages: { a: { at: "both" } },
  asked: "a",
  history: [],
};
const statesMax = 10_000;
/** Of so many states one is followed to where it comes to rest. */
const restEvery = 97;

interface Trial {
  hosts: { senders: number; receivers: number };
  faults: Partial<Faults>;
  settings?: Partial<RotationSettings>;
  /** Nobody has looked after the rotation before. */
  isFirst?: true;
  mutation?: Mutation;
}

function tried({ hosts, faults, settings, isFirst, mutation }: Trial): Exploration {
  const options = {
    settings: {
      through: ["a", "b"],
      trigger: { kind: "commit", current: "b" },
      overlapMs: 2,
      deadlineMs: 2,
      onFailure: "revert",
      retire: "revoke",
      ...settings,
    } satisfies RotationSettings,
    statesMax,
    ...(mutation && { mutation }),
  };
  const start = initialState(hosts, {
    record: isFirst ? newRecord(options.settings.through) : atRest,
    units: isFirst ? {} : { a: { state: "active", priority: 10 } },
    left: { ...noFaults, ...faults },
  });
  return explore(start, {
    ...options,
    onState: (state, count) => {
      if (count % restEvery !== 0 || mutation) return;
      const { current, isOneOnly } = restOf(state, options);
      const isExpected = current !== undefined && (isOneOnly || options.settings.retire === "keep");
      assert.ok(isExpected, `comes to rest: ${JSON.stringify(state)}`);
    },
  });
}

const twoAndTwo = { senders: 2, receivers: 2 };
const oneAndOne = { senders: 1, receivers: 1 };
const trials: [string, Trial][] = [
  ["nothing goes wrong", { hosts: twoAndTwo, faults: {} }],
  ["commands, replies and daemons are lost or late", { hosts: twoAndTwo, faults: { losses: 1 } }],
  ["another controller takes over, and the first goes on", { hosts: twoAndTwo, faults: { crashes: 1 } }],
  ["somebody changes his mind", { hosts: twoAndTwo, faults: { asks: 2 } }],
  ["a host is away and comes back", { hosts: twoAndTwo, faults: { cuts: 1, asks: 1 } }],
  ["all of this happens", { hosts: oneAndOne, faults: { crashes: 1, asks: 1, losses: 1, cuts: 1 } }],
  [
    "flows end when they want to",
    {
      hosts: { senders: 2, receivers: 1 },
      faults: { losses: 1, asks: 1 },
      settings: { retire: "deprecate" },
    },
  ],
  ["the old one is kept", { hosts: twoAndTwo, faults: { losses: 1 }, settings: { retire: "keep" } }],
  [
    "there are three, and the goal changes",
    {
      hosts: oneAndOne,
      faults: { asks: 2, losses: 1 },
      settings: { through: ["a", "b", "c"] },
    },
  ],
  ["what was decided is lost", { hosts: twoAndTwo, faults: { amnesias: 1 } }],
  [
    "what was decided is lost on the way to a third, and so are a command and a controller",
    {
      hosts: oneAndOne,
      faults: { amnesias: 1, asks: 1, losses: 1, crashes: 1 },
      settings: { through: ["a", "b", "c"], retire: "deprecate" },
    },
  ],
  ["nothing was there before", { hosts: twoAndTwo, faults: { asks: 1 }, isFirst: true }],
];

for (const [name, trial] of trials) {
  test(`every receiver can read what any sender may write: ${name}`, () => {
    const { violation, states } = tried(trial);
    assert.is(violation, undefined, JSON.stringify(violation));
    assert.ok(states > 100, "something happened");
  });
}

const broken: [string, Trial][] = [
  [
    "senders are given a module first",
    {
      hosts: twoAndTwo,
      faults: {},
      mutation: {
        life: ({ role, ...place }, context) => {
          const isArriving = context.record.stages[place.member]?.at === "arriving";
          const other = role === "sender" ? "receiver" : "sender";
          return unitLife({ ...place, role: isArriving ? other : role }, context);
        },
      },
    },
  ],
  [
    "members whose record is lost are taken to be nowhere",
    { hosts: oneAndOne, faults: { amnesias: 1 }, mutation: { findsNothing: true } },
  ],
  ["late messages are not waited for", { hosts: oneAndOne, faults: {}, mutation: { overlapMs: 0 } }],
  [
    "an old picture of a host is trusted",
    { hosts: oneAndOne, faults: { losses: 1, asks: 1 }, mutation: { trusts: true } },
  ],
];

for (const [name, trial] of broken) {
  test(`the model notices when ${name}`, () => {
    assert.ok(tried(trial).violation, "there is a receiver that cannot read");
  });
}

test.run();
