/**
 * The number of a user outside of a user namespace: who is root in there is an ordinary user of the machine. Of a namespace
 * in a namespace it is the number in the outer one.
 * @param map what /proc/self/uid_map says: lines of the first number inside, the first outside, and how many (user_namespaces(7))
 */
export function outsideUser(user: number, map: string): number {
  for (const line of map.trim().split("\n")) {
    const [inside, outside, count] = line.trim().split(/\s+/).map(Number) as [number, number, number];
    if (user >= inside && user < inside + count) return outside + user - inside;
  }
  return user;
}
