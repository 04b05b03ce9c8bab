#!/usr/bin/env node
/**
 * The command line: one file per command. Each registers its name, help and options here; what it needs is imported
 * when it runs, so that `netloom --help` and `netloom validate` start at once. May import everything.
 */
import { Command } from "commander";
import { registerBus } from "./bus.ts";
import { registerChallenge } from "./challenge.ts";
import { registerCompletion } from "./completion.ts";
import { registerController } from "./controller.ts";
import { registerDaemon } from "./daemon.ts";
import { registerDescribe } from "./describe.ts";
import { registerEvents } from "./events.ts";
import { registerGet } from "./get.ts";
import { registerHost } from "./host.ts";
import { registerInverse } from "./inverse.ts";
import { registerLab } from "./lab.ts";
import { registerModule } from "./module.ts";
import { registerPlan } from "./plan.ts";
import { registerReconcile } from "./reconcile.ts";
import { registerRotate } from "./rotate.ts";
import { registerRotation } from "./rotation.ts";
import { registerTop } from "./top.ts";
import { registerUp } from "./up.ts";
import { registerValidate } from "./validate.ts";
import { registerVersion } from "./version.ts";

const program = new Command("netloom")
  .description("GitOps for programmable host networking")
  .showSuggestionAfterError()
  .showHelpAfterError("(netloom --help tells more)")
  .configureHelp({ sortSubcommands: true })
  // An option belongs to the command it stands behind: `lab` and `lab test` have some of one name.
  .enablePositionalOptions()
  // Status 1 is an answer of some commands (not valid, something to do); not having been understood is 2.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

for (const register of [
  registerBus,
  registerChallenge,
  registerCompletion,
  registerController,
  registerDaemon,
  registerDescribe,
  registerEvents,
  registerGet,
  registerHost,
  registerInverse,
  registerLab,
  registerModule,
  registerPlan,
  registerReconcile,
  registerTop,
  registerRotate,
  registerRotation,
  registerUp,
  registerValidate,
  registerVersion,
])
  register(program);

await program.parseAsync();
