/** What a source may hold. Every limit is named in the problem that it causes. */
export const sourceLimits = {
  fileBytesMax: 64 * 2 ** 20,
  documentsPerFileMax: 100_000,
  /** Of one document's text; an etcd value, the nearest relative, may have 1.5 MiB. */
  documentCharsMax: 2 ** 18,
  depthMax: 32,
  /** Times that anchors are repeated in one document, counting those inside what is repeated. */
  aliasesMax: 100,
  problemsPerFileMax: 1_000,
  problemsPerObjectMax: 100,
} as const;
