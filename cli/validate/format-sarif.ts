import type { Problem } from "../../schemas/mod.ts";
import type { Validation } from "./validation.ts";

/** SARIF 2.1.0 (OASIS), for code scanning: one run, a rule for each code that occurs. */
export function formatSarif({ problems }: Validation): string {
  const codes = [...new Set(problems.map(({ code }) => code))].sort();
  const log = {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: { name: "netloom validate", rules: codes.map((id) => ({ id, name: ruleName(id) })) },
        },
        columnKind: "utf16CodeUnits",
        results: problems.map((found) => result(found, codes)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function result(found: Problem, codes: readonly string[]): object {
  const { code, message, suggestion, position, object, field } = found;
  const logicalLocations =
    object === undefined ? undefined : [{ fullyQualifiedName: field ? `${object}#${field}` : object }];
  const physicalLocation = position && {
    artifactLocation: { uri: position.file.split("/").map(encodeURIComponent).join("/") },
    region: { startLine: position.line, startColumn: position.column },
  };
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: "error",
    message: { text: suggestion ? `${message} (${suggestion})` : message },
    locations: [
      { ...(physicalLocation && { physicalLocation }), ...(logicalLocations && { logicalLocations }) },
    ],
  };
}

/** "schema.unknown-field" as "SchemaUnknownField", which SARIF wants for names. */
function ruleName(code: string): string {
  return code.replace(/(?:^|[.-])([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
