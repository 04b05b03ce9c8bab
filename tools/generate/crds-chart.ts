import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { stringify } from "yaml";
import { customResourceDefinitions } from "./crds.ts";
import type { KindSchemas } from "./kind-schemas.ts";

const folder = "charts/netloom-crds";

/**
 * A Helm chart that installs the CRDs and, as templates, upgrades them too (what is in a chart's crds/ folder is never
 * upgraded). By default they stay when the chart is uninstalled: with them would go every object of theirs.
 */
export function crdsChart(schemas: KindSchemas, root: string): Map<string, string> {
  const { version, description } = JSON.parse(readFileSync(resolve(root, "package.json"), "utf8")) as {
    version: string;
    description: string;
  };
  const files = new Map([
    [
      `${folder}/Chart.yaml`,
      stringify({
        apiVersion: "v2",
        name: "netloom-crds",
        description: `The kinds of Netloom: ${description}`,
        type: "application",
        version,
        appVersion: version,
        kubeVersion: ">=1.25.0-0",
      }),
    ],
    [
      `${folder}/values.yaml`,
      "# Keep the definitions, and with them all objects, when the chart is uninstalled.\nkeep: true\n\n# Further annotations of each definition.\nannotations: {}\n",
    ],
  ]);
  for (const crd of customResourceDefinitions(schemas).values()) {
    files.set(`${folder}/templates/${crd.spec.names.plural}.yaml`, template(crd));
  }
  return files;
}

const annotations = `  annotations:
    {{- if .Values.keep }}
    helm.sh/resource-policy: keep
    {{- end }}
    {{- with .Values.annotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
`;

function template(crd: { metadata: { name: string } }): string {
  const text = stringify(crd, { lineWidth: 0, aliasDuplicateObjects: false });
  if (text.includes("{{")) throw new Error(`${crd.metadata.name} holds what Helm would take for a template`);
  return text.replace(/^metadata:\n/m, (line) => line + annotations);
}
