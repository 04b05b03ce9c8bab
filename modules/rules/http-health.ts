/**
 * Answers HTTP health checks for a sleeping host, and wakes it for every other request (sloth-sleep-proxy §6.3). Layer TCP
 * with a port and stream: true.
 * Config: {"paths": [{"path": "/healthz", "status": 200, "type": "text/plain", "body": "ok"}], "otherwise": "hand-over"}.
 * GET and HEAD of these paths are answered here. Whatever else comes wakes the host, and then, by "otherwise": hand-over
 * gives it the connection with the request on it; redirect sends the client to the same place again (307), on a new
 * connection, which is the host's own; close closes.
 */
import { accepted, isText, Json, readConfig, refuse, StreamActions } from "netloom";

export { allocate, deallocate } from "netloom";

const pathsMax: u32 = 64;
/** A request head that is longer, or does not come whole while so many others are unfinished, is not ours. */
const headBytesMax: usize = 4096;
const unfinishedMax: i32 = 64;
const answerBytes: u32 = 65_536;
const bodyBytesMax: u32 = 4096;

const handOver: u32 = 0;
const redirect: u32 = 1;
const close: u32 = 2;

class Page {
  path: usize = 0;
  pathLength: u32 = 0;
  /** The answer up to its last empty line. */
  head: usize = 0;
  headLength: u32 = 0;
  body: usize = 0;
  bodyLength: u32 = 0;
}

/** What came of a request head that is not whole yet. */
class Unfinished {
  taken: bool = false;
  connection: u32 = 0;
  length: usize = 0;
  bytes: usize = heap.alloc(headBytesMax);
}

let pages: StaticArray<Page> = new StaticArray<Page>(0);
let otherwise: u32 = handOver;
let unfinished: StaticArray<Unfinished | null> = new StaticArray<Unfinished | null>(unfinishedMax);
const actions = new StreamActions(answerBytes);

export function configure(text: usize, length: u32, flags: u32): usize {
  const config = readConfig(text, length, flags);
  const list = config.get("paths");
  if (!list.isList || list.length == 0 || list.length > pathsMax) {
    return refuse('"paths" should be a list of 1 to 64 objects with a "path"');
  }
  pages = new StaticArray<Page>(list.length);
  let index = 0;
  for (let item = list.first(); item.exists; item = item.next()) {
    const page = new Page();
    const wrong = readPage(page, item);
    if (wrong != "") return refuse(wrong);
    pages[index++] = page;
  }
  const other = config.get("otherwise");
  if (other.is("redirect")) otherwise = redirect;
  else if (other.is("close")) otherwise = close;
  else if (other.exists && !other.is("hand-over")) {
    return refuse('"otherwise" should be hand-over, redirect or close');
  }
  return accepted();
}

export function stream_data(connection: u32, message: usize): usize {
  actions.begin();
  const bytes = message + 4;
  const length = <usize>load<u32>(message);
  const kept = find(connection);
  if (!kept) {
    const rest = serve(connection, bytes, bytes + length);
    if (rest != 0 && rest < bytes + length) keep(connection, rest, bytes + length - rest);
  } else if (kept.length + length > headBytesMax) {
    forget(connection);
    refuseHead(connection);
  } else {
    memory.copy(kept.bytes + kept.length, bytes, length);
    kept.length += length;
    const end = kept.bytes + kept.length;
    const rest = serve(connection, kept.bytes, end);
    if (rest == 0 || rest == end) forget(connection);
    else {
      kept.length = end - rest;
      memory.copy(kept.bytes, rest, kept.length);
    }
  }
  return actions.finish();
}

export function stream_close(connection: u32): void {
  forget(connection);
}

/** Serves whole requests; answers where the unfinished rest starts, or 0 when this rule is through with the connection. */
function serve(connection: u32, start: usize, end: usize): usize {
  while (start < end) {
    const first = load<u8>(start);
    if (first < 0x41 || first > 0x5a) return giveUp(connection, start, end);
    const headEnd = findHeadEnd(start, end);
    if (headEnd == 0) return end - start < headBytesMax ? start : giveUp(connection, start, end);
    const page = pageOf(start, headEnd);
    if (!page) return giveUp(connection, start, end);
    const last = isLast(start, headEnd);
    let whole = actions.send(connection, page.head, page.headLength);
    whole = actions.sendText(connection, last ? "Connection: close\r\n\r\n" : "\r\n") && whole;
    if (load<u8>(start) == 0x47) whole = actions.send(connection, page.body, page.bodyLength) && whole;
    if (!whole) {
      // More requests in one breath than an answer has room for.
      actions.begin();
      actions.reset(connection);
      return 0;
    }
    if (last) {
      actions.close(connection);
      return 0;
    }
    start = headEnd;
  }
  return end;
}

/** A request for the host itself. */
function giveUp(connection: u32, start: usize, end: usize): usize {
  if (otherwise == handOver) {
    actions.handOver(connection, start, <u32>(end - start));
    return 0;
  }
  actions.wake();
  if (otherwise == redirect) sendRedirect(connection, start, end);
  actions.close(connection);
  return 0;
}

/** Nothing is said to what is no request for a path of ours to repeat. */
function sendRedirect(connection: u32, start: usize, end: usize): void {
  const target = targetOf(start, end);
  const targetEnd = findSpace(target, end);
  // "//host/" would send the client to another host.
  if (targetEnd == 0 || load<u8>(target) != 0x2f || load<u8>(target + 1) == 0x2f) return;
  actions.sendText(connection, "HTTP/1.1 307 Temporary Redirect\r\nLocation: ");
  actions.send(connection, target, <u32>(targetEnd - target));
  actions.sendText(connection, "\r\nCache-Control: no-store\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

function refuseHead(connection: u32): void {
  actions.sendText(
    connection,
    "HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
  );
  actions.close(connection);
}

/** The page that a whole head asks for by GET or HEAD, without a body; null when it asks for something else. */
function pageOf(start: usize, end: usize): Page | null {
  const isGet = isText(start, start + 4, "GET ");
  if (!isGet && !isText(start, start + 5, "HEAD ")) return null;
  const target = targetOf(start, end);
  const targetEnd = findSpace(target, end);
  if (targetEnd == 0 || !isText(targetEnd + 1, targetEnd + 8, "HTTP/1.")) return null;
  if (hasHeader(start, end, "content-length:") || hasHeader(start, end, "transfer-encoding:")) return null;
  if (hasHeader(start, end, "upgrade:")) return null;
  for (let i = 0; i < pages.length; i++) {
    const page = pages[i];
    const after = target + page.pathLength;
    if (after > targetEnd || memory.compare(target, page.path, page.pathLength) != 0) continue;
    if (after == targetEnd || load<u8>(after) == 0x3f) return page;
  }
  return null;
}

/** Where the target of a request line starts; `end` when there is none. */
function targetOf(start: usize, end: usize): usize {
  const space = findSpace(start, min(end, start + 16));
  return space == 0 ? end : space + 1;
}

/** The next space in the line; 0 when the line ends before. */
function findSpace(from: usize, end: usize): usize {
  for (let at = from; at < end; at++) {
    const character = load<u8>(at);
    if (character == 0x20) return at;
    if (character < 0x20) return 0;
  }
  return 0;
}

/** Behind the empty line that ends a head; 0 when it has not come. */
function findHeadEnd(start: usize, end: usize): usize {
  for (let at = start; at + 4 <= end; at++) {
    if (load<u32>(at) == 0x0a0d0a0d) return at + 4;
  }
  return 0;
}

/** The client will ask no more on this connection: HTTP/1.0, or it says so. */
function isLast(start: usize, end: usize): bool {
  const version = findSpace(targetOf(start, end), end) + 8;
  return load<u8>(version) == 0x30 || hasHeader(start, end, "connection: close");
}

/** Whether some line of the head begins with this text, which is given in lower case. */
function hasHeader(start: usize, end: usize, text: string): bool {
  for (let at = start; at + 1 + text.length < end; at++) {
    if (load<u8>(at) != 0x0a) continue;
    let i = 0;
    while (i < text.length && lower(load<u8>(at + 1 + i)) == <u8>text.charCodeAt(i)) i++;
    if (i == text.length) return true;
  }
  return false;
}

function lower(character: u8): u8 {
  return character >= 0x41 && character <= 0x5a ? character + 0x20 : character;
}

function find(connection: u32): Unfinished | null {
  for (let i = 0; i < unfinishedMax; i++) {
    const one = unfinished[i];
    if (one && one.taken && one.connection == connection) return one;
  }
  return null;
}

function keep(connection: u32, bytes: usize, length: usize): void {
  for (let i = 0; i < unfinishedMax; i++) {
    let one = unfinished[i];
    if (!one) {
      one = new Unfinished();
      unfinished[i] = one;
    }
    if (one.taken) continue;
    one.taken = true;
    one.connection = connection;
    one.length = length;
    memory.copy(one.bytes, bytes, length);
    return;
  }
  actions.reset(connection);
}

function forget(connection: u32): void {
  const one = find(connection);
  if (one) one.taken = false;
}

/** Answers what is wrong with it, or nothing. */
function readPage(page: Page, item: Json): string {
  const path = item.get("path");
  if (!path.isText || path.textLength == 0 || load<u8>(path.textStart) != 0x2f) {
    return '"path" should be a text that begins with /';
  }
  page.path = heap.alloc(path.textLength);
  page.pathLength = path.copyText(page.path);
  const status = item.get("status").integer(item.get("status").exists ? -1 : 200);
  if (status < 200 || status > 599) return '"status" should be 200 to 599';
  const body = item.get("body");
  if ((body.exists && !body.isText) || body.textLength > bodyBytesMax) {
    return '"body" should be a text of at most 4096 bytes';
  }
  page.body = heap.alloc(body.textLength);
  page.bodyLength = body.isText ? body.copyText(page.body) : 0;
  const type = item.get("type");
  if ((type.exists && !type.isText) || type.textLength > 128) return '"type" should be a text';
  return writeHead(page, <u32>status, type);
}

function writeHead(page: Page, status: u32, type: Json): string {
  page.head = heap.alloc(256 + type.textLength);
  let at = append(page.head, "HTTP/1.1 ");
  at = append(at, status.toString());
  at = append(at, " Answered For Sleeping Host\r\nContent-Length: ");
  at = append(at, page.bodyLength.toString());
  at = append(at, "\r\nCache-Control: no-store\r\nContent-Type: ");
  const typeStart = at;
  at = type.isText ? at + type.copyText(at) : append(at, "text/plain; charset=utf-8");
  for (let i = typeStart; i < at; i++) if (load<u8>(i) < 0x20) return '"type" should be on one line';
  at = append(at, "\r\n");
  page.headLength = <u32>(at - page.head);
  return "";
}

function append(at: usize, text: string): usize {
  for (let i = 0; i < text.length; i++) store<u8>(at + i, <u8>text.charCodeAt(i));
  return at + text.length;
}
