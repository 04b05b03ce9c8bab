import type { CustomizedEnd } from "../../controller/mod.ts";
import { age } from "../client/age.ts";
import type { TopView } from "./top-view.ts";

/** `netloom top customizations`: what each end of them does, and how much a second while it is watched. */
export const customizationView: TopView<CustomizedEnd> = {
  path: "/v1/customizations",
  namespaceOf: ({ namespace }) => namespace,
  weights: {
    messages: ({ messages }) => messages,
    flows: ({ flows }) => flows,
    customized: ({ customized }) => customized,
    dropped: ({ dropped }) => dropped,
  },
  key: ({ namespace, name, end, host }) => `${namespace}/${name}/${end}/${host}`,
  headings: ({ withNamespace, isWide }) => [
    ...(withNamespace ? ["NAMESPACE"] : []),
    "CUSTOMIZATION",
    "HOST",
    "END",
    "LIFE",
    "FLOWS",
    "MESSAGES",
    "A SECOND",
    "CUSTOMIZED",
    "DROPPED",
    "LAST ACTIVE",
    ...(isWide ? ["PRIORITY", "BYTES", "NOT MINE", "TESTED", "FAULTS"] : []),
  ],
  row: (item, { withNamespace, isWide }, before) => [
    ...(withNamespace ? [item.namespace] : []),
    item.name,
    item.host.split("/")[1] as string,
    item.end,
    item.life,
    `${item.flows}`,
    `${item.messages}`,
    before ? rate(item.messages - before.item.messages, before.seconds) : "-",
    `${item.customized}`,
    `${item.dropped}`,
    item.lastActive === undefined ? "-" : `${age(item.lastActive)} ago`,
    ...(isWide
      ? [item.priority, item.bytes, item.notMine, item.tested, item.faults].map((value) => `${value}`)
      : []),
  ],
  none: "No customizations that a host has told of found.",
};

/** A daemon that was started again counts anew: then it is not known. */
function rate(count: number, seconds: number): string {
  if (count < 0 || seconds <= 0) return "-";
  const aSecond = count / seconds;
  return aSecond < 10 && count > 0 ? aSecond.toFixed(1) : `${Math.round(aSecond)}`;
}
