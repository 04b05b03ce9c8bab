import { test } from "uvu";
import * as assert from "uvu/assert";
import { GitCommand, gitReason } from "../../../controller/source/git-command.ts";
import { ProblemError } from "../../../schemas/mod.ts";
import { temporaryFolder } from "../git-repository.ts";

test("of what git printed the telling lines are left, in one line, without users and passwords", () => {
  const printed = [
    "warning: redirecting",
    "remote: Not Found\r",
    "fatal: unable to access 'https://bob:hunter2@git.example/a/': \u001b[31mno\u001b[0m",
    "",
  ].join("\n");
  assert.is(
    gitReason(printed),
    "remote: Not Found; fatal: unable to access 'https://git.example/a/': ?[31mno?[0m",
  );
  assert.is(gitReason("something odd\n"), "something odd");
  assert.ok(gitReason(`fatal: ${"x".repeat(5_000)}`).length <= 600);
});

test("git is ended by the signal, and that is a problem like any other", async () => {
  const git = new GitCommand(temporaryFolder(), { environment: { PATH: process.env.PATH! }, shown: "there" });
  const started = performance.now();
  try {
    // Waits for its input for ever.
    await git.run(["hash-object", "--stdin"], AbortSignal.timeout(100));
    assert.unreachable();
  } catch (error) {
    assert.instance(error, ProblemError);
    assert.is((error as ProblemError).problem.code, "source.unreachable");
  }
  assert.ok(performance.now() - started < 10_000);
});

test.run();
