/** Measurements that several benchmarks take their values from: the n-th run of each is the same one, made when the first asks. */
export class SharedRuns<Input, Run> {
  readonly #runs: Promise<Run>[] = [];
  readonly #measure: (input: Input) => Promise<Run>;

  constructor(measure: (input: Input) => Promise<Run>) {
    this.#measure = measure;
  }

  /** A benchmark's own way through them, from the first on. */
  walk(): (input: Input) => Promise<Run> {
    let at = 0;
    return (input) => {
      this.#runs[at] ??= this.#measure(input);
      return this.#runs[at++]!;
    };
  }
}
