/** What a source may hold. Every limit is named in the problem that it causes. */
export const sourceLimits = {
  fileBytesMax: 64 * 2 ** 20,
  documentsPerFileMax: 100_000,
  /** Of one document's text; an etcd value, the nearest relative, may have 1.5 MiB. */
  documentCharsMax: 2 ** 18,
  /** Of all documents of one file that only the `yaml` package can read: it may need seconds for a hostile mebibyte. */
  intricateCharsPerFileMax: 4 * 2 ** 20,
  depthMax: 32,
  /** Times that anchors are repeated in one document, counting those inside what is repeated. */
  aliasesMax: 100,
  /** One syntax error brings others with it; the first few tell. */
  syntaxProblemsPerDocumentMax: 10,
  problemsPerObjectMax: 100,
  problemsPerFileMax: 1_000,
} as const;
