import { basename, dirname } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { GitRepository, temporaryFolder } from "../controller/git-repository.ts";
import { GitServer } from "../controller/git-server.ts";
import { Started } from "./started.ts";

const host = (address: string): string => `apiVersion: netloom.dev/v1alpha1
kind: Host
metadata: {name: gw}
spec: {interfaces: [{name: eth0, addresses: [${address}]}]}
`;

test.after(() => Started.killAll());

test("a lab of a repository elsewhere follows it, though its hosts cannot reach it", async () => {
  process.env.XDG_CACHE_HOME = temporaryFolder();
  const repository = new GitRepository();
  const first = repository.commit({ "fleet/hosts.yaml": host("10.0.0.1/24") });
  const server = new GitServer(dirname(repository.path));
  const url = `${await server.start()}/${basename(repository.path)}/.git//fleet#main`;
  try {
    const lab = new Started(["lab", url, "--name", "url", "--interval", "200ms"]);
    await lab.says(first.slice(0, 7));
    await lab.says("converged");
    assert.match(lab.output, `lab of ${url}`);
    const second = repository.commit({ "fleet/hosts.yaml": `# changed\n${host("10.0.0.1/24")}` });
    await lab.says(second.slice(0, 7));
    lab.process.kill("SIGTERM");
    assert.is(await lab.exit, 0, lab.output);
  } finally {
    await server.stop();
  }
});

test("a repository that cannot be reached is said to be before anything is started", async () => {
  process.env.XDG_CACHE_HOME = temporaryFolder();
  const lab = new Started(["lab", "http://127.0.0.1:9/fleet.git", "--name", "none"]);
  assert.is(await lab.exit, 2);
  assert.match(lab.output, /Cannot read http:\/\/127\.0\.0\.1:9\/fleet\.git: .*[Ff]ailed to connect/);
});

test.run();
