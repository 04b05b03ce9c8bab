import { fail } from "../../schemas/mod.ts";
import { SystemCallError } from "./libc.ts";

type LinuxProblem = "linux.denied" | "linux.absent" | "linux.exhausted" | "linux.unsupported";

/** What the errno says of trying again; any other errno is `linux.failed`. */
const problemOfErrno: Record<string, LinuxProblem> = {
  EPERM: "linux.denied",
  EACCES: "linux.denied",
  ENOENT: "linux.absent",
  ENODEV: "linux.absent",
  ENXIO: "linux.absent",
  ENETDOWN: "linux.absent",
  EADDRNOTAVAIL: "linux.absent",
  ENOMEM: "linux.exhausted",
  ENOBUFS: "linux.exhausted",
  EMFILE: "linux.exhausted",
  ENFILE: "linux.exhausted",
  EAGAIN: "linux.exhausted",
  EBUSY: "linux.exhausted",
  ENOSYS: "linux.unsupported",
  ENOPROTOOPT: "linux.unsupported",
  EOPNOTSUPP: "linux.unsupported",
  EPROTONOSUPPORT: "linux.unsupported",
  EAFNOSUPPORT: "linux.unsupported",
};

const capabilities = "CAP_NET_ADMIN, CAP_NET_RAW and CAP_SYS_ADMIN";
/** What whoever loads BPF programs that trace needs. */
export const tracingCapabilities =
  "CAP_BPF and CAP_PERFMON of the machine itself, which no user namespace gives,";

/**
 * Does something that the world may refuse: a system call that fails in it becomes a `linux.*` problem.
 * @param what what is tried, as the middle of a sentence: `open a packet ring on "eth0"`
 * @param options.needs the rights that it takes, for whom it is denied
 */
export function attempt<T>(what: string, work: () => T, { needs = capabilities } = {}): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error;
    const code = problemOfErrno[error.code] ?? "linux.failed";
    return fail(code, { what, is: error.message, needs }, { cause: error });
  }
}
