import { checked, closeDescriptor, libc } from "./libc.ts";
import { holds, type SocketHolder } from "./socket-holders.ts";

// Of the same number on all machines (asm/unistd.h).
const systemCall = libc.func("long syscall(long, long, long, long)");
const PIDFD_OPEN = 434;
const PIDFD_GETFD = 438;

/**
 * A descriptor of this process for the socket that another has open: both are the same socket, which is closed when both are.
 * Undefined when the holder has closed it by now. Throws `SystemCallError`; needs CAP_SYS_PTRACE over the holder.
 */
export function duplicateDescriptor(holder: SocketHolder, inode: number): number | undefined {
  let process: number;
  try {
    process = checked("pidfd_open", Number(systemCall(PIDFD_OPEN, holder.process, 0, 0)));
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
  try {
    const fd = checked("pidfd_getfd", Number(systemCall(PIDFD_GETFD, process, holder.fd, 0)));
    if (holds({ process: globalThis.process.pid, fd }, inode)) return fd;
    closeDescriptor(fd);
    return undefined;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  } finally {
    closeDescriptor(process);
  }
}

function isGone(error: unknown): boolean {
  const code = (error as { code?: string }).code;
  return code === "ESRCH" || code === "EBADF";
}
