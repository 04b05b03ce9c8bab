/** What the system said, without the path it said it of. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined ? message : message.replace(/, \w+ '.*$/, "");
}
