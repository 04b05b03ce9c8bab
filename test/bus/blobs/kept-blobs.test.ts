import { test } from "uvu";
import * as assert from "uvu/assert";
import { KeptBlobs } from "../../../bus/blobs/kept-blobs.ts";

/** Blobs whose name is their size in MiB, and how often each was read. */
function storage() {
  const reads: string[] = [];
  const get = async (digest: string): Promise<Uint8Array | undefined> => {
    reads.push(digest);
    return digest === "none" ? undefined : new Uint8Array(Number.parseInt(digest, 10) * 1024 * 1024);
  };
  return { reads, get };
}

test("a blob is read once for those who ask one after another, one that is not there each time", async () => {
  const blobs = storage();
  const kept = new KeptBlobs(blobs);
  for (const digest of ["1", "1", "none", "none"]) await kept.get(digest);
  assert.equal(blobs.reads, ["1", "none", "none"]);
  kept.clear();
  await kept.get("1");
  assert.equal(blobs.reads, ["1", "none", "none", "1"]);
  kept.clear();
});

test("of what is kept the blob used longest ago gives way", async () => {
  const blobs = storage();
  const kept = new KeptBlobs(blobs);
  for (const digest of ["14a", "14b", "14a", "14c"]) await kept.get(digest);
  blobs.reads.length = 0;
  for (const digest of ["14a", "14c", "14b"]) await kept.get(digest);
  assert.equal(blobs.reads, ["14b"]);
  await kept.get("16");
  assert.is(
    (await kept.get("40"))?.byteLength,
    40 * 1024 * 1024,
    "one that is too large to keep is given all the same",
  );
  kept.clear();
});

test.run();
