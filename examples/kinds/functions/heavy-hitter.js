/** Alerts once a window about a source that sends more than `bytes` in it (after lambda-monitoring §5.3). */
export async function handle(event, { parameters, state, alert }) {
  const key = `bytes:${event.source}`;
  const sent = await state.add(key, event.bytes, { expireSeconds: parameters.windowSeconds });
  if (sent > parameters.bytes && sent - event.bytes <= parameters.bytes) {
    await alert({ source: event.source, bytes: sent });
  }
}
