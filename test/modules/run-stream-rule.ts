import { compileModule, StreamGuest, type StreamSink, standardModule, streamAbi } from "../../modules/mod.ts";

/** What a rule did, as text: "send 1 hello", "close 1", "hand-over 1 GET /", "wake". */
export interface RunningStreamRule {
  data(connection: number, text: string): string[];
  end(connection: number): string[] | false;
  close(connection: number): void;
  timer(): string[];
  open(connection: number): string[];
}

export function runStreamRule(program: string | Uint8Array, config: unknown = {}): RunningStreamRule {
  const bytes = typeof program === "string" ? standardModule(program) : program;
  if (!bytes) throw new Error(`no standard rule ${program}`);
  const compiled = compileModule(bytes, streamAbi, "rule");
  if (compiled.kind === "refused") throw new Error(compiled.problems.map((one) => one.message).join("\n"));
  const guest = new StreamGuest(compiled.module, { config, limits: { memoryBytes: 1 << 20 } });
  const collect = <T>(call: (sink: StreamSink) => T): { done: string[]; result: T } => {
    const done: string[] = [];
    const text = (memory: Uint8Array, offset: number, length: number) =>
      Buffer.from(memory.subarray(offset, offset + length)).toString("latin1");
    const result = call({
      send: (connection, ...bytes) => done.push(`send ${connection} ${text(...bytes)}`),
      close: (connection) => done.push(`close ${connection}`),
      reset: (connection) => done.push(`reset ${connection}`),
      wake: () => done.push("wake"),
      handOver: (connection, ...bytes) => done.push(`hand-over ${connection} ${text(...bytes)}`),
    });
    if (result && typeof result === "object" && "message" in result) throw new Error(String(result.message));
    return { done, result };
  };
  return {
    open: (connection) => collect((sink) => guest.open(connection, new Uint8Array(38), sink)).done,
    data: (connection, text) =>
      collect((sink) => guest.data(connection, Buffer.from(text, "latin1"), sink)).done,
    end: (connection) => {
      const { done, result } = collect((sink) => guest.end(connection, sink));
      return result === false ? false : done;
    },
    timer: () => collect((sink) => guest.onTimer(sink)).done,
    close: (connection) => {
      const failed = guest.close(connection);
      if (failed) throw new Error(failed.message);
    },
  };
}
