/** Which controller leads, as the controller has to know it. */
export interface Leadership {
  /** The fencing number to act under; undefined while another one leads. */
  readonly term: number | undefined;
  /** Calls `listener` after each change of `term`. Returns the way to stop that. */
  onChange(listener: () => void): () => void;
  /** A daemon has seen a newer term than ours: give way, and lead again only under a newer one. */
  overtaken(term: number): void;
  /** Gives the lead up. */
  stop(): Promise<void>;
}
