import { accessSync, constants } from "node:fs";

/**
 * Whether streams can be had here. Where udev sets /dev/net/tun up everybody may open it; elsewhere root alone may, and root
 * of a user namespace is not that.
 */
export function hasTun(): boolean {
  try {
    accessSync("/dev/net/tun", constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
