import type { Log } from "../engine.ts";

const linesPerSecondMax = 10;

/** The log, but for warnings so many a second only: strangers decide how many there would be. */
export function strangerLog(log: Log): Log {
  let second = 0;
  let lines = 0;
  return {
    debug: (fields, text) => log.debug(fields, text),
    info: (fields, text) => log.info(fields, text),
    error: (fields, text) => log.error(fields, text),
    warn: (fields, text) => {
      const now = Math.floor(performance.now() / 1000);
      if (now !== second) {
        if (lines > linesPerSecondMax) {
          log.warn({ leftOut: lines - linesPerSecondMax }, "more refusals than are logged");
        }
        second = now;
        lines = 0;
      }
      lines += 1;
      if (lines <= linesPerSecondMax) log.warn(fields, text);
    },
  };
}
