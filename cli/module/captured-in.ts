import { ProblemError, problem } from "../../schemas/mod.ts";
import { type CapturedPacket, MalformedCapture, readCapture } from "./read-capture.ts";

/** All packets of a capture up to where it breaks off; then that problem is thrown. */
export function* capturedIn(file: string, bytes: Uint8Array): Generator<CapturedPacket> {
  try {
    yield* readCapture(bytes);
  } catch (error) {
    if (error instanceof MalformedCapture)
      throw new ProblemError(problem("capture.malformed", { file, reason: error.message }));
    throw error;
  }
}
