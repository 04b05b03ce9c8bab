/**
 * The Bus port, its subjects, codecs and adapters: the one place where controller and daemons meet.
 * May import: schemas.
 */
export type * from "./bus.ts";
export * from "./messages.ts";
