/** A request, and how many of its symbols were refused. */
export interface Handled {
  readonly method: string;
  readonly channel: string | undefined;
  readonly symbols: readonly string[];
  readonly refused: number;
}
