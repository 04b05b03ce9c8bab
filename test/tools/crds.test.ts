import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import Ajv from "ajv";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import type { Crd } from "../../tools/generate/crds.ts";
import { faultsOfStructure, type Schema } from "./structural-schema.ts";

const root = resolve(import.meta.dirname, "../../..");
const crds = readdirSync(resolve(root, "crds"))
  .map((file) => readFileSync(resolve(root, "crds", file), "utf8"))
  .map((text) => parse(text) as Crd);

const schemaOf = (crd: Crd): Schema =>
  (crd.spec.versions[0] as { schema: { openAPIV3Schema: Schema } }).schema.openAPIV3Schema;

test("every CRD's schema is structural and bounded by Kubernetes' rules", () => {
  assert.is(crds.length, 6);
  for (const crd of crds) assert.equal(faultsOfStructure(schemaOf(crd)), [], crd.metadata.name);
});

test("the rules of structure refuse what Kubernetes would", () => {
  const inSpec = (spec: Schema): Schema => ({ type: "object", properties: { spec } });
  for (const bad of [
    { description: "no type" },
    { type: "object", additionalProperties: false },
    { type: "object", properties: {}, additionalProperties: { type: "integer" } },
    { type: "array", maxItems: 1 },
    { type: "array", maxItems: 1, items: { $ref: "#/x" } },
    { type: "array", maxItems: 1, uniqueItems: true, items: { type: "integer" } },
    { type: "object", oneOf: [{ required: ["a"] }, { properties: { b: { minimum: 1 } } }] },
    { type: "object", oneOf: [{ description: "x" }] },
    { type: "string" },
    { type: "array", items: { type: "integer" } },
    { type: "object", additionalProperties: { type: "integer" } },
    { type: "string", maxLength: 5, pattern: "^(?=a)" },
    { type: "string", maxLength: 5, default: 5 },
    {
      type: "array",
      maxItems: 1,
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["name"],
      items: { type: "object", properties: { name: { type: "string", maxLength: 5 } } },
    },
  ] as Schema[]) {
    assert.ok(faultsOfStructure(inSpec(bad)).length > 0, JSON.stringify(bad));
  }
});

test("CRDs are named, grouped and shown as kubectl's users expect", () => {
  const shortNames = crds.flatMap((crd) => crd.spec.names.shortNames);
  assert.is(new Set(shortNames).size, shortNames.length);
  for (const crd of crds) {
    assert.is(crd.metadata.name, `${crd.spec.names.plural}.netloom.dev`);
    assert.equal(crd.spec.names.categories, ["netloom"]);
    assert.is(crd.spec.scope, "Namespaced");
    const [version] = crd.spec.versions as [{ subresources: unknown; additionalPrinterColumns: Schema[] }];
    assert.equal(version.subresources, { status: {} });
    for (const { jsonPath } of version.additionalPrinterColumns) assert.match(jsonPath as string, /^\./);
    const { status } = schemaOf(crd).properties as { status: { properties: Record<string, Schema> } };
    const { items } = status.properties.conditions as { items: { properties: Schema } };
    assert.ok("observedGeneration" in items.properties);
    assert.ok("observedRevision" in items.properties, "what the controller writes");
  }
});

test("a CRD's schema and the editors' schema take the objects that netloom takes", () => {
  const ajv = new Ajv.default({ strict: false, logger: false, validateFormats: false });
  const editors = ajv.compile(
    JSON.parse(readFileSync(resolve(root, "schemas/generated/netloom.schema.json"), "utf8")),
  );
  assert.not(
    editors({ apiVersion: "netloom.dev/v1alpha1", kind: "Host", metadata: { name: "a" }, spec: {} }),
  );
  let taken = 0;
  const examples = resolve(root, "examples/kinds");
  for (const file of readdirSync(examples).filter((name) => name.endsWith(".yaml"))) {
    const text = readFileSync(resolve(examples, file), "utf8");
    for (const document of text.split(/^---$/m)) {
      const object = parse(document) as { kind: string } | null;
      if (object !== null) assert.ok(editors(object), `${file}: ${JSON.stringify(editors.errors)}`);
      const crd = crds.find(({ spec }) => spec.names.kind === object?.kind);
      if (crd === undefined) continue;
      const validate = ajv.compile(schemaOf(crd));
      assert.ok(validate(object), `${file}: ${JSON.stringify(validate.errors)}`);
      taken += 1;
    }
  }
  assert.ok(taken > crds.length);
});

test("the chart's templates are the CRDs with Helm's annotations", () => {
  const folder = resolve(root, "charts/netloom-crds/templates");
  for (const crd of crds) {
    const text = readFileSync(resolve(folder, `${crd.spec.names.plural}.yaml`), "utf8");
    const rendered = parse(text.replace(/^\s*\{\{.*\}\}\n/gm, "")) as Crd & { metadata: Schema };
    assert.equal(rendered.metadata.annotations, { "helm.sh/resource-policy": "keep" });
    assert.equal(rendered.spec, crd.spec);
  }
  assert.is(readdirSync(folder).length, crds.length);
});

test.run();
