// Generated from schemas/kinds/ by `npm run generate`. Do not edit.

/**
 * An object of any kind, its defaults applied.
 */
export type NetloomObject =
  Check | Customization | CustomizationRotation | Host | MonitoringFunction | Rule | Tunnel;
export type ApiVersion = "netloom.dev/v1alpha1";
/**
 * A DNS label (RFC 1123).
 */
export type Name = string;
/**
 * At most 63 letters, digits, "-", "_", "."; a letter or digit first and last.
 */
export type LabelValue = string;
/**
 * @maxItems 256
 */
export type HostNames = Name[];
/**
 * Numbers with units ms, s, m, h, d: "20s", "1h30m".
 */
export type Duration = string;
/**
 * A file of the source, relative to its root.
 */
export type Path = string;
/**
 * Lower goes first; ties by name.
 */
export type Priority = number;
/**
 * false: installed and ready, but not in force.
 */
export type Active = boolean;
/**
 * A name, after an optional DNS prefix and a slash.
 */
export type LabelKey = string;
/**
 * An IPv4 or IPv6 address.
 */
export type Address = string;
export type Port = number;
/**
 * Bytes: a number, with a suffix Ki, Mi, Gi (powers of 1024) or k, M, G (of 1000).
 */
export type Quantity = string;
export type InterfaceName = string;
/**
 * An address with the prefix length of its network, "10.0.0.5/24".
 */
export type InterfaceAddress = string;
/**
 * The LAN an interface is on. Absent: the one whose networks its addresses are in.
 */
export type LabNetwork = string;
/**
 * Bits a second: a number, with a suffix k, M, G (powers of 1000).
 */
export type Rate = string;
/**
 * Percentage of packets lost in each direction.
 */
export type LabLoss = number;
/**
 * An IPv4 or IPv6 prefix, "10.0.0.0/8"; without a length, one address.
 */
export type Prefix = string;

/**
 * What `netloom lab test` does and expects; read by nothing else and never sent to a fleet.
 */
export interface Check {
  apiVersion: ApiVersion;
  kind: "Check";
  metadata: Metadata;
  spec: {
    host: Name;
    /**
     * Brought about before the command runs.
     */
    given: {
      asleep?: HostNames;
      awake?: HostNames;
    };
    /**
     * Program and arguments.
     *
     * @minItems 1
     * @maxItems 64
     */
    run: string[];
    stdin?: string;
    expect: {
      exit: number;
      stdout?: CheckText;
      stderr?: CheckText;
      asleep?: HostNames;
      awake?: HostNames;
    };
    deadline: Duration;
    /**
     * Run it again until it is as expected or the deadline is over.
     */
    eventually: boolean;
    /**
     * Names of Checks that come first; otherwise Checks run in order of their names.
     *
     * @maxItems 64
     */
    after?: Name[];
  };
}
export interface Metadata {
  name: Name;
  namespace: Name;
  labels?: Labels;
  annotations?: {
    [k: string]: string;
  };
}
export interface Labels {
  [k: string]: LabelValue;
}
/**
 * All that is given must hold.
 */
export interface CheckText {
  equals?: string;
  contains?: string;
  /**
   * A JavaScript regular expression, multi-line.
   */
  matches?: string;
  lacks?: string;
}
/**
 * A module that rewrites the messages of application flows at both ends (layer-4.5).
 */
export interface Customization {
  apiVersion: ApiVersion;
  kind: "Customization";
  metadata: Metadata;
  spec: {
    module: {
      wasm?: Path;
      standard?: Name;
      config?: Config;
    };
    priority: Priority;
    active: Active;
    /**
     * true: keeps the flows it has until they end, and takes no new ones, active or not.
     */
    deprecated: boolean;
    /**
     * immediate: live sockets too; new: only sockets opened from now on.
     */
    attach: "immediate" | "new";
    /**
     * The two roles of a customized flow, as seen by outgoing messages; a role may be left out where netloom has no hold of that end.
     *
     * @minItems 1
     * @maxItems 2
     */
    ends: CustomizationEnd[];
    /**
     * Ask the module for its statistics.
     */
    monitor: {
      interval: Duration;
    };
    /**
     * Challenge the module; one that answers wrong is revoked.
     */
    security?: {
      challenge: Duration;
    };
    /**
     * What lets middleboxes read customized traffic.
     *
     * @maxItems 16
     */
    inverse?: {
      middlebox: Name;
      hosts: LabelSelector;
      file?: Path;
      standard?: Name;
    }[];
    limits: Limits;
    /**
     * What becomes of a message whose module fails.
     */
    onFault: "drop" | "accept";
    proposals?: Proposals;
  };
}
/**
 * Handed to the program as JSON; its shape belongs to the program.
 */
export interface Config {
  [k: string]: unknown;
}
export interface CustomizationEnd {
  role: "sender" | "receiver";
  hosts: LabelSelector;
  tap: Tap;
}
/**
 * A Kubernetes label selector over the Hosts of the object's namespace, and names; all that is given must hold. The empty selector selects every host.
 */
export interface LabelSelector {
  matchLabels?: Labels;
  /**
   * @maxItems 32
   */
  matchExpressions?: {
    key: LabelKey;
    operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
    /**
     * For In and NotIn at least one, for Exists and DoesNotExist none.
     *
     * @maxItems 256
     */
    values?: LabelValue[];
  }[];
  /**
   * Names of Hosts.
   *
   * @minItems 1
   * @maxItems 1024
   */
  matchNames?: Name[];
}
/**
 * Which sockets; what is left out matches everything.
 */
export interface Tap {
  protocol: "UDP" | "TCP";
  application?: {
    /**
     * Name of the thread (comm) that uses the socket; `*` stands for any characters, `?` for one.
     */
    task?: string;
    /**
     * Name of the process (comm of the thread group's leader), with wildcards likewise.
     */
    group?: string;
  };
  local?: TapEndpoint;
  remote?: TapEndpoint;
}
export interface TapEndpoint {
  address?: Address;
  port?: Port;
}
/**
 * What one instance of the program may use.
 */
export interface Limits {
  memory: Quantity;
  time: Duration;
}
/**
 * Who may have this activated or deactivated besides a commit.
 */
export interface Proposals {
  /**
   * Names of MonitoringFunctions whose `propose()` is followed.
   *
   * @minItems 1
   * @maxItems 16
   */
  from: Name[];
}
/**
 * Moves live flows from one customization to the next, on all their hosts in a safe order.
 */
export interface CustomizationRotation {
  apiVersion: ApiVersion;
  kind: "CustomizationRotation";
  metadata: Metadata;
  spec: {
    /**
     * Names of the Customizations it moves between, in order.
     *
     * @minItems 2
     * @maxItems 64
     */
    through: Name[];
    every?: Duration;
    /**
     * A cron expression of five fields, in UTC.
     */
    at?: string;
    current?: Name;
    jitter: Duration;
    /**
     * Of scheduled rotations: listed goes through them in turn, random draws the next among the others.
     */
    order: "listed" | "random";
    overlap: Duration;
    deadline: Duration;
    /**
     * revert: go back to what was; hold: stop where it is.
     */
    onFailure: "revert" | "hold";
    /**
     * What becomes of the old one: deprecate it and revoke it when idle, revoke it at once, or keep it attached behind.
     */
    retire: "deprecate" | "revoke" | "keep";
  };
}
/**
 * A machine on the network.
 */
export interface Host {
  apiVersion: ApiVersion;
  kind: "Host";
  metadata: Metadata;
  spec: {
    /**
     * @minItems 1
     * @maxItems 32
     */
    interfaces: {
      name: InterfaceName;
      /**
       * Required on a host that sleeps.
       */
      mac?: string;
      /**
       * @maxItems 64
       */
      addresses: InterfaceAddress[];
    }[];
    /**
     * true: netloom's daemon runs there; false: known, but not managed.
     */
    daemon: boolean;
    sleep?: HostSleep;
    lab?: HostLab;
  };
}
/**
 * The host may sleep; its traffic is then served by another host's daemon.
 */
export interface HostSleep {
  proxy: Name;
  /**
   * Claim the host's addresses by ARP and neighbour discovery; false: the proxy is on the path anyway.
   */
  takeover: boolean;
  /**
   * How the magic packet is sent.
   */
  wake: {
    transport: "ethernet" | "udp";
    repeat: number;
    secureOn?: {
      secretRef: Name;
    };
  };
  /**
   * What the host draws, to tell the energy that its sleep saves.
   */
  power?: {
    awakeWatts: number;
    asleepWatts: number;
  };
  /**
   * Accept the host's own subscription over the responder protocol, within these bounds.
   */
  selfService?: {
    rulesMax: number;
    moduleSizeMax: Quantity;
  };
}
/**
 * How `netloom lab` builds this host; read by nothing else.
 */
export interface HostLab {
  /**
   * Forwards between its interfaces.
   */
  router?: boolean;
  /**
   * Default routes, at most one a family. By default the router on its network, if there is one.
   *
   * @maxItems 2
   */
  gateway?: Address[];
  /**
   * Goes to sleep as soon as the fleet has converged.
   */
  asleep?: boolean;
  /**
   * Commands (program and arguments) that run on the host as long as the lab does and the host is awake.
   *
   * @maxItems 16
   */
  run?: string[][];
  network?: LabNetwork;
  rate?: Rate;
  delay?: Duration;
  loss?: LabLoss;
  /**
   * What differs for single interfaces.
   *
   * @maxItems 32
   */
  interfaces?: {
    name: InterfaceName;
    network?: LabNetwork;
    rate?: Rate;
    delay?: Duration;
    loss?: LabLoss;
  }[];
}
/**
 * A probe on hosts whose events a function is called with.
 */
export interface MonitoringFunction {
  apiVersion: ApiVersion;
  kind: "MonitoringFunction";
  metadata: Metadata;
  spec: {
    hosts: LabelSelector;
    priority: Priority;
    active: Active;
    probe: Probe;
    function: FunctionProgram;
    parameters?: Config;
    /**
     * What the function keeps between calls.
     */
    state: {
      keysMax: number;
      expire: Duration;
    };
    /**
     * What one instance of the function may use.
     */
    limits: {
      memory: Quantity;
      time: Duration;
    };
  };
}
export interface Probe {
  /**
   * flow: bytes and packets of each flow; scan: what port scans leave (lambda-monitoring §5.2).
   */
  kind: "flow" | "scan";
  interface: InterfaceName;
  interval: Duration;
  /**
   * Entries of the flow table.
   */
  flows: number;
  /**
   * Events are sent again until they are acknowledged.
   */
  acknowledged: boolean;
  /**
   * Of event transactions on the wire: the document's, or that of its published program.
   */
  layout: "document" | "wide";
}
export interface FunctionProgram {
  javascript?: Path;
  wasm?: Path;
  /**
   * A function of an existing platform, called with a POST for each event.
   */
  http?: {
    url: string;
    secretRef?: Name;
  };
}
/**
 * A program that decides over packets: of sleeping hosts (sleepProxy), or in netfilter (netfilter).
 */
export interface Rule {
  apiVersion: ApiVersion;
  kind: "Rule";
  metadata: Metadata;
  spec: {
    hosts: LabelSelector;
    priority: Priority;
    active: Active;
    sleepProxy?: SleepProxy;
    netfilter?: NetfilterHook;
    program: RuleProgram;
    limits: Limits;
    /**
     * What becomes of a packet whose program fails.
     */
    onFault: "drop" | "accept";
    proposals?: Proposals;
  };
}
/**
 * Sees traffic of the selected hosts while they sleep, on their proxies.
 */
export interface SleepProxy {
  layer: "IP" | "IPv4" | "IPv6" | "ICMP" | "IGMP" | "UDP" | "TCP";
  /**
   * Destination prefixes. Absent: the host's own addresses.
   *
   * @minItems 1
   * @maxItems 256
   */
  addresses?: Prefix[];
  port?: Port;
  /**
   * The program sees the frame from layer 2 on.
   */
  raw: boolean;
  /**
   * The proxy accepts TCP connections to the port for the host, and the program sees bytes in and out. Layer TCP with a port.
   */
  stream: boolean;
  interval?: Duration;
}
/**
 * Sees packets of the selected hosts themselves, at a hook of netfilter.
 */
export interface NetfilterHook {
  table: "raw" | "mangle" | "nat" | "filter" | "security";
  hook: "PREROUTING" | "INPUT" | "FORWARD" | "OUTPUT" | "POSTROUTING";
  /**
   * Which packets; all that is given must hold.
   */
  match: {
    /**
     * Absent: both.
     */
    family?: "IPv4" | "IPv6";
    inInterface?: InterfaceName;
    outInterface?: InterfaceName;
    /**
     * A name that iptables knows, or a number.
     */
    protocol?: string;
    source?: Prefix;
    destination?: Prefix;
    sourcePort?: Port;
    destinationPort?: Port;
  };
}
export interface RuleProgram {
  wasm?: Path;
  standard?: Name;
  lua?: Path;
  /**
   * The function of the Lua script that is given each packet. Absent: process_packet.
   */
  function?: string;
  state?: Name;
  config?: Config;
}
/**
 * A proxy that splits TCP connections, so that each half has a transport that suits its path.
 */
export interface Tunnel {
  apiVersion: ApiVersion;
  kind: "Tunnel";
  metadata: Metadata;
  spec: {
    hosts: LabelSelector;
    priority: Priority;
    active: Active;
    listen: {
      address: Address;
      port: Port;
    };
    /**
     * How a client says where it wants to go: tlv (tcp-pep §4.2), convert (RFC 8803), transparent (it does not: connections are diverted).
     */
    handshake: "tlv" | "convert" | "transparent";
    intercept?: TunnelIntercept;
    endpoints: {
      /**
       * Nothing else may be reached: "10.0.0.0/8:*", "[fd00::]/64:443", "192.0.2.1:8000-8080".
       *
       * @minItems 1
       * @maxItems 256
       */
      allow: string[];
    };
    client: TunnelSide;
    endpoint: TunnelSide;
    /**
     * TCP Fast Open on the listening socket and towards the endpoint.
     */
    fastOpen: {
      /**
       * Pending fast opens at once; 0 turns it off.
       */
      queue: number;
    };
    /**
     * Queueing discipline set on an interface while the tunnel is active.
     */
    qdisc?: {
      interface: InterfaceName;
      kind: "pfifo" | "pfifo_fast" | "fq" | "fq_codel" | "cake" | "htb" | "tbf";
      rate?: Rate;
    };
    connectionsMax: number;
    connectTimeout: Duration;
    idleTimeout: Duration;
    proposals?: Proposals;
  };
}
/**
 * Which connections a transparent tunnel diverts; required for it and for no other.
 */
export interface TunnelIntercept {
  inInterface: InterfaceName;
  /**
   * @minItems 1
   * @maxItems 64
   */
  sources?: Prefix[];
  /**
   * @minItems 1
   * @maxItems 64
   */
  destinations?: Prefix[];
  /**
   * Destination ports.
   *
   * @minItems 1
   * @maxItems 64
   */
  ports?: Port[];
}
/**
 * The sockets of one half of each connection.
 */
export interface TunnelSide {
  /**
   * As the host's kernel calls it. Absent: the host's default.
   */
  congestionControl?: string;
  sendBuffer?: Quantity;
  receiveBuffer?: Quantity;
  noDelay: boolean;
  keepAlive?: Duration;
}
