/** Says what becomes of a TCP connection to a host that sleeps. Layer TCP, stream: true. */
import { isText, StreamActions } from "netloom";

export { allocate, configure, deallocate } from "netloom";

const actions = new StreamActions(4096);

export function stream_data(connection: u32, message: usize): usize {
  actions.begin();
  const length = load<u32>(message);
  // This one answers a greeting by itself; for everything else the host is woken and given the connection.
  if (isText(message + 4, message + 4 + length, "hello\n")) actions.sendText(connection, "asleep\n");
  else actions.handOver(connection, message + 4, length);
  return actions.finish();
}
