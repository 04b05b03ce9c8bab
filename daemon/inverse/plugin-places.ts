import { fail, type MiddleboxType } from "../../schemas/mod.ts";
import { findWiresharkFolder, usualWiresharkFolders } from "../linux/mod.ts";

/** Folders that a host's daemon was told to use, by type of middlebox. */
export type PluginFolders = Partial<Record<MiddleboxType, string>>;

interface Place {
  find(): Promise<{ folder: string } | { reason: string }>;
  /** Where something may have been left, found out at no cost. */
  usual(): string[];
}

/** Where each type of middlebox looks for plug-ins, a line each. */
const places: Record<MiddleboxType, Place> = {
  wireshark: { find: findWiresharkFolder, usual: usualWiresharkFolders },
};

/** Rejects with `plugin.no-folder`. */
export async function pluginFolderOf(middlebox: MiddleboxType, told: PluginFolders): Promise<string> {
  const folder = told[middlebox];
  if (folder !== undefined) return folder;
  const found = await places[middlebox].find();
  return "folder" in found ? found.folder : fail("plugin.no-folder", { middlebox, reason: found.reason });
}

/** The folders in which a daemon before this one may have left something. */
export function usualFolders(middlebox: MiddleboxType, told: PluginFolders): string[] {
  const folder = told[middlebox];
  return folder === undefined ? places[middlebox].usual() : [folder];
}
