import { stringify } from "yaml";
import { inlined, type KindSchemas, type SchemaDocument, type SchemaNode } from "./kind-schemas.ts";

const group = "netloom.dev";
const version = "v1alpha1";

/** A CustomResourceDefinition (apiextensions.k8s.io/v1) of one kind, as an object. */
export interface Crd extends SchemaNode {
  metadata: { name: string };
  spec: { names: { plural: string; shortNames: string[] } & SchemaNode; versions: SchemaNode[] } & SchemaNode;
}

/** The CRDs of all kinds that a fleet has, by kind. */
export function customResourceDefinitions({ kinds, pieces }: KindSchemas): Map<string, Crd> {
  const crds = new Map<string, Crd>();
  for (const [kind, document] of kinds) {
    if (document["x-netloom"] !== undefined) crds.set(kind, definition(kind, document, pieces));
  }
  return crds;
}

/** crds/*.yaml, named as controller-gen names them. */
export function crdFiles(schemas: KindSchemas): Map<string, string> {
  const banner = "# Generated from schemas/kinds/ by `npm run generate`. Do not edit.\n";
  return new Map(
    [...customResourceDefinitions(schemas).values()].map((crd) => [
      `crds/${group}_${crd.spec.names.plural}.yaml`,
      banner + stringify(crd, { lineWidth: 0, aliasDuplicateObjects: false }),
    ]),
  );
}

function definition(kind: string, document: SchemaDocument, pieces: SchemaDocument): Crd {
  const { plural, shortNames, columns } = document["x-netloom"] as NonNullable<SchemaDocument["x-netloom"]>;
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: kind.toLowerCase(),
        shortNames,
        categories: ["netloom"],
      },
      scope: "Namespaced",
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: [
            ...columns,
            { name: "Ready", type: "string", jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
            { name: "Hosts", type: "integer", jsonPath: ".status.hosts.ready" },
            {
              name: "Reason",
              type: "string",
              priority: 1,
              jsonPath: '.status.conditions[?(@.type=="Ready")].reason',
            },
            { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
          ],
          schema: { openAPIV3Schema: openApiSchema(inlined(document, pieces)) },
        },
      ],
    },
  };
}

/** The structural form: without what Kubernetes has its own of (metadata), and with a status. */
function openApiSchema(schema: SchemaNode): SchemaNode {
  const properties = schema.properties as Record<string, SchemaNode>;
  const name = (properties.metadata as { properties: Record<string, SchemaNode> }).properties
    .name as SchemaNode;
  return {
    description: schema.description,
    type: "object",
    required: ["spec"],
    properties: {
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: {
        type: "object",
        properties: { name: { type: "string", maxLength: 63, pattern: name.pattern } },
      },
      spec: structural(properties.spec),
      status,
    },
  };
}

function structural(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(structural);
  if (node === null || typeof node !== "object") return node;
  const out: SchemaNode = {};
  for (const [key, value] of Object.entries(node)) {
    // Fields that are not known are pruned by the API server; a schema can neither forbid them nor judge names.
    if (key === "additionalProperties" && value === false) continue;
    if (key === "propertyNames") continue;
    out[key] = structural(value);
  }
  return out;
}

/** For objects that are read from a cluster; a source of files has revisions instead, and the controller writes those. */
const observedGeneration = {
  description: "metadata.generation that this is about, where the source is a Kubernetes cluster.",
  type: "integer",
  format: "int64",
  minimum: 0,
};

const observedRevision = {
  description: "The source's revision that this is about: a commit, or the digest of a directory.",
  type: "string",
  maxLength: 128,
};

const status = {
  description: "What the controller sees; written by it only.",
  type: "object",
  properties: {
    observedGeneration,
    revision: observedRevision,
    hosts: {
      type: "object",
      properties: {
        desired: { type: "integer", format: "int32", minimum: 0 },
        ready: { type: "integer", format: "int32", minimum: 0 },
      },
    },
    conditions: {
      description: "Ready, Reconciling, Stalled.",
      type: "array",
      maxItems: 8,
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["type"],
      items: {
        type: "object",
        required: ["type", "status", "lastTransitionTime", "reason", "message"],
        properties: {
          type: { type: "string", maxLength: 316, pattern: "^[A-Za-z][A-Za-z0-9_.-]*$" },
          status: { type: "string", enum: ["True", "False", "Unknown"] },
          observedGeneration,
          observedRevision,
          lastTransitionTime: { type: "string", format: "date-time" },
          reason: {
            type: "string",
            minLength: 1,
            maxLength: 1024,
            pattern: "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$",
          },
          message: { type: "string", maxLength: 32768 },
        },
      },
    },
  },
};
