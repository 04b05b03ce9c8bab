import type { NatsStreams } from "./nats-streams.ts";
import { NatsWatch, type NatsWatchOptions } from "./nats-watch.ts";

const nothing = new Uint8Array();

/**
 * Removes marks of deletion that are older than `olderThanMs`; a bucket whose keys come and go would keep one for each key
 * it ever had. They are there for watches, which lag seconds behind at most. Resolves to how many went.
 */
export async function sweepMarks(
  streams: NatsStreams,
  options: Pick<NatsWatchOptions, "config" | "filter"> & { olderThanMs: number },
): Promise<number> {
  const { config, filter, olderThanMs } = options;
  const marks = await readMarks(streams, { config, filter });
  const old = marks.filter(({ atMs }) => Date.now() - atMs >= olderThanMs);
  for (const { subject, revision } of old) {
    await streams.call(subject, nothing, (manager) =>
      // Up to and without that sequence: a key that was written again meanwhile keeps its entry.
      manager.streams.purge(config.name, { filter: subject, seq: revision + 1 }),
    );
  }
  return old.length;
}

interface Mark {
  subject: string;
  revision: number;
  atMs: number;
}

async function readMarks(
  streams: NatsStreams,
  options: Pick<NatsWatchOptions, "config" | "filter">,
): Promise<Mark[]> {
  let marks: Mark[] = [];
  let watch: NatsWatch | undefined;
  const read = new Promise<void>((done, failed) => {
    NatsWatch.open(streams, {
      ...options,
      headersOnly: true,
      listener: (event) => {
        if (event.kind === "reset") marks = [];
        else if (event.kind === "synced") done();
        else if (event.kind === "mark") marks.push(event);
      },
    }).then((opened) => {
      watch = opened;
    }, failed);
  });
  try {
    await streams.link.exchange(options.filter, nothing, () => read);
  } finally {
    watch?.unsubscribe();
  }
  return marks;
}
