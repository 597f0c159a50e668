/** `ok`; `warning`: it works, but; `failed`: something that is needed is missing; `note`: neither good nor bad. */
export type CheckStatus = 'ok' | 'warning' | 'failed' | 'note';

/** What was looked at, and what was found. */
export interface CheckResult {
  readonly name: string;
  readonly status: CheckStatus;
  /** For people. */
  readonly found: string;
  /** For programs; each figure's name ends in its unit. */
  readonly figures?: Readonly<Record<string, number>>;
  /** What to do about it. */
  readonly advice?: string;
}
