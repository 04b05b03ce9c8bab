import { lstat, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fail } from "../../schemas/mod.ts";

/** netloom-NAMESPACE.NAME.PART.ENDING: no other file is ever touched. */
const ownPattern = /^netloom-[-a-z0-9]+\.[-a-z0-9]+\.inverse-[-a-z0-9]+\.[a-z]+(\.unfinished)?$/;
const unfinishedSuffix = ".unfinished";

/** A folder of plug-ins that a middlebox reads and others write to as well. One daemon uses it. */
export class PluginFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Removes all that a daemon before this one has left. */
  async sweep(): Promise<void> {
    for (const name of await this.#list()) if (ownPattern.test(name)) await this.remove(name);
  }

  /** The middlebox finds the old content or the new one. Rejects with `plugin.unwritable` or `plugin.conflict`. */
  async write(name: string, content: Uint8Array): Promise<void> {
    const path = join(this.path, name);
    const unfinished = `${path}${unfinishedSuffix}`;
    try {
      await mkdir(this.path, { recursive: true });
      const before = await lstat(path).catch(() => undefined);
      if (before && !before.isFile()) fail("plugin.conflict", { file: path });
      await rm(unfinished, { recursive: true, force: true });
      // "wx": a link that somebody put there meanwhile is not followed.
      const file = await open(unfinished, "wx", 0o644);
      try {
        await file.writeFile(content);
        await file.chmod(0o644);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(unfinished, path);
    } catch (error) {
      this.#unwritable(error);
    }
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.path, name), { force: true }).catch((error: unknown) => this.#unwritable(error));
  }

  async has(name: string): Promise<boolean> {
    const found = await lstat(join(this.path, name)).catch(() => undefined);
    return found?.isFile() ?? false;
  }

  async #list(): Promise<string[]> {
    try {
      return await readdir(this.path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      return this.#unwritable(error);
    }
  }

  #unwritable(error: unknown): never {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return fail("plugin.unwritable", { folder: this.path, reason: message }, { cause: error });
  }
}

/** The name of a unit's file: "netloom-default.dns-tag.inverse-wireshark-0.lua". */
export function pluginFileName(unit: string, ending: string): string {
  const [, namespace, name, part] = unit.split("/");
  return `netloom-${namespace}.${name}.${part}${ending}`;
}
