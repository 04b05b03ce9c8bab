/** What NATS alone is measured with: pieces published to all devices, each of which answers once. */
export const moduleBytes = 600 * 1024;
export const barePieceBytes = moduleBytes / 5;
export const bareData = "netloom.bench.data";
export const bareAnswer = "netloom.bench.answer";
