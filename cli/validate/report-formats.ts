/** What `netloom validate -o` can be given. */
export const reportFormats = ["text", "json", "github", "sarif", "junit", "tap"] as const;
