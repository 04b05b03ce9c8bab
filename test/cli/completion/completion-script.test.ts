import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";

const main = resolve(import.meta.dirname, "../../../cli/main.js");
const script = (shell: string): string =>
  spawnSync(process.execPath, [main, "completion", shell], { encoding: "utf8" }).stdout;

/** What bash offers for the last word of a line. */
function offered(line: string[]): string[] {
  const run = `${script("bash")}
netloom() { printf 'rule/ping\\nhost/nas\\n'; }
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _netloom; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync("bash", ["-c", run, "bash", ...line], { encoding: "utf8" });
  assert.is(stderr, "");
  return stdout.split("\n").filter((word) => word !== "");
}

test("bash is offered commands, then options, kinds, and the objects of the running controller", () => {
  assert.equal(offered(["netloom", "des"]), ["describe"]);
  assert.equal(offered(["netloom", "get", "--wat"]), ["--watch"]);
  assert.equal(offered(["netloom", "get", "tunnel"]), ["tunnel", "tunnels"]);
  assert.equal(offered(["netloom", "describe", "rule/"]), ["rule/ping"]);
  assert.equal(offered(["netloom", "completion", "f"]), ["fish"]);
  assert.equal(offered(["netloom", "lab", "ex"]), ["exec"]);
  assert.equal(offered(["netloom", "bus", "p"]), ["permissions"]);
  assert.equal(offered(["netloom", "module", "new", "--ki"]), ["--kind"], "options of the commands below");
});

test("scripts for the other shells name every command", () => {
  for (const shell of ["zsh", "fish"]) {
    for (const command of ["get", "plan", "validate"])
      assert.match(script(shell), new RegExp(`\\b${command}\\b`));
  }
  assert.match(script("zsh"), /^#compdef netloom/);
  assert.match(script("fish"), /complete -c netloom -n __fish_use_subcommand -a plan -d '/);
});

test.run();
