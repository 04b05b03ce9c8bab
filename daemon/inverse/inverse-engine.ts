import {
  type EngineCapability,
  fail,
  type InverseUnitSpec,
  isInverseUnit,
  type MiddleboxType,
  middleboxes,
  middleboxTypes,
  type ObservedUnit,
  ProblemError,
  type Unit,
  type UnitId,
  type UnitState,
} from "../../schemas/mod.ts";
import type { Engine, EngineContext, LoadedUnit } from "../engine.ts";
import { PluginFolder, pluginFileName } from "./plugin-folder.ts";
import { type PluginFolders, pluginFolderOf, usualFolders } from "./plugin-places.ts";

interface Shelved {
  unit: Unit;
  priority: number;
  state: UnitState;
  folder: PluginFolder;
  file: string;
}

/**
 * The plug-ins by which middleboxes on this host read customizations (layer-4.5 §2.4). They are files and nothing else: every
 * host can have them, and without a thread of their own.
 */
export function inverseEngine(folders: PluginFolders = {}): Engine {
  return new InverseEngine(folders);
}

class InverseEngine implements Engine {
  readonly name = "inverse";
  readonly #told: PluginFolders;
  readonly #units = new Map<UnitId, Shelved>();
  readonly #folders = new Map<MiddleboxType, PluginFolder>();

  constructor(folders: PluginFolders) {
    this.#told = folders;
  }

  /** Where a middlebox looks for plug-ins may be found out later: units tell when it is not known. */
  async capability(): Promise<EngineCapability> {
    return { engine: this.name, available: true };
  }

  async start({ log }: EngineContext): Promise<void> {
    try {
      await this.#sweep();
    } catch (error) {
      // What is left there may confuse a middlebox; that is no reason to do without the engine.
      if (!(error instanceof ProblemError)) throw error;
      log.warn({ problem: error.problem }, "old plug-ins not cleared");
    }
  }

  async install({ unit, priority, artifacts }: LoadedUnit): Promise<void> {
    const { middlebox } = unit.spec as InverseUnitSpec;
    if (!isInverseUnit(unit.id) || !middleboxTypes.includes(middlebox)) {
      fail("unit.invalid", { unit: unit.id, reason: `this netloom knows no middlebox "${middlebox}"` });
    }
    const content =
      artifacts.get("plugin") ??
      fail("unit.invalid", { unit: unit.id, reason: 'it has no artifact "plugin"' });
    const folder = await this.#folder(middlebox);
    const file = pluginFileName(unit.id, middleboxes[middlebox].ending);
    const before = this.#units.get(unit.id);
    await folder.write(file, content);
    if (before && before.file !== file) await before.folder.remove(before.file);
    this.#units.set(unit.id, { unit, priority, state: before?.state ?? "installed", folder, file });
  }

  async setState(id: UnitId, state: UnitState): Promise<void> {
    this.#known(id, "change").state = state;
  }

  async setPriority(id: UnitId, priority: number): Promise<void> {
    this.#known(id, "prioritize").priority = priority;
  }

  async revoke(id: UnitId): Promise<void> {
    const shelved = this.#units.get(id);
    await shelved?.folder.remove(shelved.file);
    this.#units.delete(id);
  }

  /** A file that somebody has taken away is not there any more. */
  async refresh(): Promise<void> {
    for (const [id, { folder, file }] of this.#units) if (!(await folder.has(file))) this.#units.delete(id);
  }

  observe(): ObservedUnit[] {
    return [...this.#units.values()].map(({ unit: { id, engine, digest }, priority, state }) => ({
      id,
      engine,
      digest,
      priority,
      state,
      ...(state === "deprecated" && { idle: true }),
    }));
  }

  /** Takes all of them away. */
  async stop(): Promise<void> {
    for (const id of [...this.#units.keys()]) await this.revoke(id);
  }

  /** Clears what a daemon before this one has left behind, where it would have put it now. */
  async #sweep(): Promise<void> {
    for (const type of middleboxTypes) {
      for (const folder of usualFolders(type, this.#told)) await new PluginFolder(folder).sweep();
    }
  }

  async #folder(type: MiddleboxType): Promise<PluginFolder> {
    const folder = this.#folders.get(type) ?? new PluginFolder(await pluginFolderOf(type, this.#told));
    this.#folders.set(type, folder);
    return folder;
  }

  #known(id: UnitId, verb: string): Shelved {
    return this.#units.get(id) ?? fail("unit.unknown", { verb, unit: id });
  }
}
