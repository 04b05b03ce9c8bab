const countersMax = 32;
const nameBytesMax = 48;
const digitsMax = 20;
const counters: StaticArray<Counter | null> = new StaticArray<Counter | null>(countersMax);
let count = 0;
const report = heap.alloc(4 + countersMax * (nameBytesMax + digitsMax + 4) + 2);

/** A number that the module's `state_report` shows under its name (letters, digits and "_"). */
export class Counter {
  value: u64 = 0;
  private text: usize;
  private length: u32;

  constructor(name: string) {
    assert(count < countersMax && name.length <= nameBytesMax, "too many counters, or too long a name");
    this.text = heap.alloc(nameBytesMax * 3);
    this.length = <u32>String.UTF8.encodeUnsafe(changetype<usize>(name), name.length, this.text);
    counters[count++] = this;
  }

  add(more: u64 = 1): void {
    this.value += more;
  }

  /** Writes `"name":value` and answers the address behind it. */
  write(to: usize): usize {
    store<u8>(to++, 0x22);
    memory.copy(to, this.text, this.length);
    to += this.length;
    store<u16>(to, 0x3a22);
    return writeDecimal(to + 2, this.value);
  }
}

/** What the counters say, as a flat JSON object: for a customization to re-export. */
export function state_report(): usize {
  let at = report + 4;
  store<u8>(at++, 0x7b);
  for (let i = 0; i < count; i++) {
    if (i > 0) store<u8>(at++, 0x2c);
    at = changetype<Counter>(counters[i]).write(at);
  }
  store<u8>(at++, 0x7d);
  store<u32>(report, <u32>(at - report - 4));
  return report;
}

function writeDecimal(to: usize, value: u64): usize {
  let digits: usize = 1;
  for (let rest = value / 10; rest > 0; rest /= 10) digits++;
  for (let i = digits; i > 0; i--) {
    store<u8>(to + i - 1, <u8>(0x30 + (value % 10)));
    value /= 10;
  }
  return to + digits;
}
