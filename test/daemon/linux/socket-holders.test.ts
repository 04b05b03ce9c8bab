import { test } from "uvu";
import * as assert from "uvu/assert";
import { findHolder, holds, namesOfProcess } from "../../../daemon/linux/socket-holders.ts";
import { Application } from "./application.ts";

test("a socket's process, its descriptors and its names are found until it is closed there", async () => {
  const application = await Application.start("holder");
  const [inode, fd, twin] = (await application.do(
    "s = socket.socket(); t = s.dup(); result = [os.fstat(s.fileno()).st_ino, s.fileno(), t.fileno()]",
  )) as [number, number, number];
  const { pid } = application.process;
  assert.equal(findHolder(inode), { process: pid, fd });
  assert.ok(holds({ process: pid!, fd: twin }, inode));
  await application.do("rename('helper', threading.get_native_id()); s.close()");
  assert.not(holds({ process: pid!, fd }, inode));
  assert.equal(findHolder(inode, [pid!]), { process: pid, fd: twin });
  assert.equal(namesOfProcess(pid!), { group: "helper", tasks: ["helper"] });
  await application.end();
  assert.is(findHolder(inode), undefined);
  assert.is(namesOfProcess(pid!), undefined);
});

test.run();
