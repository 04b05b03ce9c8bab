import type { IncomingMessage, ServerResponse } from "node:http";
import { kindNames } from "../../schemas/mod.ts";
import { objectRefOfUnit } from "../compile/unit.ts";
import type { Reconciler } from "../reconciler.ts";
import { successorOf } from "../rotation/choose-target.ts";
import type { LiveRotation } from "../rotation/live-rotation.ts";
import type { Saved } from "../rotation/rotations.ts";
import { customizedEnds } from "./customization-views.ts";
import { readQuery } from "./read-query.ts";
import type { ErrorReply } from "./replies.ts";
import { rotationPlan, rotationView } from "./rotation-views.ts";
import * as views from "./views.ts";
import { streamNews } from "./watch-stream.ts";

interface Call {
  reconciler: Reconciler;
  query: URLSearchParams;
  /** What the path's `*` stand for. */
  parts: string[];
  request: IncomingMessage;
  response: ServerResponse;
}

type Reply = { status: number; body: unknown } | { text: string; type: string; status?: number } | "streamed";
interface Route {
  method: "GET" | "POST";
  path: string[];
  /** Served on addresses that others can reach, too. */
  isPublic?: true;
  answer(call: Call): Reply | Promise<Reply>;
}

/** What addresses are relative to; it names nothing. */
const origin = "http://controller";
const ok = (body: unknown): Reply => ({ status: 200, body });
const plain = (status: number, text: string): Reply => ({ status, text: `${text}\n`, type: "text/plain" });

const routes: Route[] = [
  { method: "GET", path: ["healthz"], isPublic: true, answer: () => plain(200, "ok") },
  {
    method: "GET",
    path: ["readyz"],
    isPublic: true,
    answer: ({ reconciler }) => {
      const reason = views.notReady(reconciler);
      return reason === undefined ? plain(200, "ok") : plain(503, reason);
    },
  },
  {
    method: "GET",
    path: ["metrics"],
    isPublic: true,
    answer: async ({ reconciler: { metrics } }) => ({
      text: await metrics.registry.metrics(),
      type: metrics.registry.contentType,
    }),
  },
  { method: "GET", path: ["v1", "status"], answer: ({ reconciler }) => ok(views.summary(reconciler)) },
  {
    method: "GET",
    path: ["v1", "objects"],
    answer: ({ reconciler, query }) => {
      const kind = query.get("kind") ?? undefined;
      if (kind !== undefined && !kindNames.includes(kind as never)) return unknownKind(kind);
      return ok({
        items: views.objectItems(reconciler, { kind, namespace: query.get("namespace") ?? undefined }),
      });
    },
  },
  {
    method: "GET",
    path: ["v1", "objects", "*", "*", "*"],
    answer: ({ reconciler, parts }) => {
      const detail = views.objectDetail(reconciler, parts.join("/"));
      return detail ? ok(detail) : error(404, `there is no ${parts.join("/")}`);
    },
  },
  {
    method: "GET",
    path: ["v1", "hosts"],
    answer: ({ reconciler, query }) =>
      ok({ items: views.hostItems(reconciler, { withUnits: query.get("units") === "true" }) }),
  },
  {
    method: "GET",
    path: ["v1", "sleepers"],
    answer: ({ reconciler }) => ok({ items: reconciler.sleepers() }),
  },
  {
    method: "GET",
    path: ["v1", "customizations"],
    answer: ({ reconciler }) => ok({ items: customizedEnds(reconciler) }),
  },
  {
    method: "GET",
    path: ["v1", "events"],
    answer: ({ reconciler }) => ok({ items: reconciler.events.list() }),
  },
  { method: "GET", path: ["v1", "plan"], answer: ({ reconciler }) => ok(views.plan(reconciler)) },
  {
    method: "POST",
    path: ["v1", "reconcile"],
    answer: async ({ reconciler }) => {
      await reconciler.reconcile();
      return ok({ source: reconciler.sourceStatus });
    },
  },
  {
    method: "GET",
    path: ["v1", "rotations", "*", "*"],
    answer: ({ reconciler, parts }) => {
      const live = rotationAt(reconciler, parts);
      return live ? ok(rotationView(live)) : noRotation(parts);
    },
  },
  {
    method: "GET",
    path: ["v1", "rotations", "*", "*", "plan"],
    answer: ({ reconciler, parts, query }) => {
      const live = rotationAt(reconciler, parts);
      if (!live) return noRotation(parts);
      const to = memberAsked(live, query);
      return to.isKnown ? ok(rotationPlan(live, to.member)) : unknownMember(live, to.member);
    },
  },
  {
    method: "POST",
    path: ["v1", "rotations", "*", "*"],
    answer: async ({ reconciler, parts, query }) => {
      const live = rotationAt(reconciler, parts);
      if (!live) return noRotation(parts);
      const to = memberAsked(live, query);
      if (!to.isKnown) return unknownMember(live, to.member);
      const saved = await reconciler.rotations.rotate(live, to.member);
      return saved.kind === "stored" ? ok(rotationView(live)) : notSaved(saved);
    },
  },
  {
    method: "POST",
    path: ["v1", "challenge", "*", "*"],
    answer: async ({ reconciler, parts }) => {
      const ref = `Customization/${parts.join("/")}`;
      if (!reconciler.board.get(ref)) return error(404, `there is no ${ref}`);
      if (reconciler.term === undefined) return notLeading();
      await reconciler.trust.challenges.askNow((unit) => objectRefOfUnit(unit) === ref);
      return ok({ units: views.unitDetails(reconciler, ref) });
    },
  },
  {
    method: "POST",
    path: ["v1", "trust", "*", "*"],
    answer: ({ reconciler, parts, query }) => {
      const ref = `Customization/${parts.join("/")}`;
      if (!reconciler.board.get(ref)) return error(404, `there is no ${ref}`);
      if (reconciler.term === undefined) return notLeading();
      const trusted = reconciler.trust.restore(ref, query.get("host") ?? undefined);
      return ok({ units: views.unitDetails(reconciler, ref), trusted });
    },
  },
  {
    method: "POST",
    path: ["v1", "inverse", "*", "*"],
    answer: async ({ reconciler, parts, request }) => {
      const query = await readQuery(request, parts.join("/"));
      if (typeof query === "string") return error(400, query);
      if (!reconciler.queries) return error(404, "this controller reads no messages for middleboxes");
      if (reconciler.term === undefined) return notLeading();
      return ok(await reconciler.queries.answer(query));
    },
  },
  {
    method: "GET",
    path: ["v1", "watch"],
    answer: ({ reconciler, response }) => {
      streamNews(reconciler, response);
      return "streamed";
    },
  },
];

/** Answers one request. `isPublic`: it came on an address that others can reach. */
export async function route(
  reconciler: Reconciler,
  { request, response, isPublic }: { request: IncomingMessage; response: ServerResponse; isPublic: boolean },
): Promise<void> {
  const reply = await answer(reconciler, { request, response, isPublic });
  if (reply === "streamed") return;
  const [body, type] =
    "text" in reply ? [reply.text, reply.type] : [`${JSON.stringify(reply.body)}\n`, "application/json"];
  response.writeHead(reply.status ?? 200, {
    "content-type": type,
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}

function answer(
  reconciler: Reconciler,
  { request, response, isPublic }: { request: IncomingMessage; response: ServerResponse; isPublic: boolean },
): Reply | Promise<Reply> {
  const asked = request.url ?? "/";
  if (!URL.canParse(asked, origin)) return error(400, `${JSON.stringify(asked)} is no address`);
  const url = new URL(asked, origin);
  const segments = url.pathname.split("/").slice(1).map(decodeSegment);
  const matching = routes.filter(({ path }) => matches(path, segments));
  const found = matching.find(({ method }) => method === request.method);
  if (matching.length === 0) return error(404, `there is nothing at ${url.pathname}`);
  if (!found) return error(405, `${url.pathname} takes ${matching.map(({ method }) => method).join(", ")}`);
  if (isPublic && !found.isPublic)
    return error(403, `${url.pathname} is served on the controller's socket only`);
  const parts = segments.filter((_, at) => found.path[at] === "*");
  return found.answer({ reconciler, query: url.searchParams, parts, request, response });
}

function matches(path: readonly string[], segments: readonly string[]): boolean {
  return path.length === segments.length && path.every((part, at) => part === "*" || part === segments[at]);
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // What is no valid encoding names nothing, as it stands.
    return segment;
  }
}

const rotationAt = ({ rotations }: Reconciler, parts: readonly string[]): LiveRotation | undefined =>
  rotations.get(`CustomizationRotation/${parts.join("/")}`);

const noRotation = (parts: readonly string[]): Reply => error(404, `there is no rotation ${parts.join("/")}`);

/** The member that is asked for; by default the one that comes next. */
function memberAsked(live: LiveRotation, query: URLSearchParams): { member: string; isKnown: boolean } {
  const { through } = live.settings;
  const member = query.get("to") ?? successorOf(live.record, through);
  return { member, isKnown: through.includes(member) };
}

function unknownMember(live: LiveRotation, member: string): Reply {
  return error(400, `${member} is none of ${live.settings.through.join(", ")}`);
}

function notSaved(saved: Exclude<Saved, { kind: "stored" }>): Reply {
  if (saved.kind === "overtaken") return notLeading();
  if (saved.kind === "failed") return error(503, saved.problem.message);
  return error(409, "another controller has decided something else meanwhile; ask again");
}

const notLeading = (): Reply => error(503, "another controller leads; ask that one");

function unknownKind(kind: string): Reply {
  return error(400, `there is no kind "${kind}"; there are ${kindNames.join(", ")}`);
}

function error(status: number, message: string): Reply {
  const body: ErrorReply = { error: message };
  return { status, body };
}
