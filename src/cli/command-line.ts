import { type ParseArgsConfig, parseArgs } from 'node:util';
import { ArgumentError } from '../errors.ts';

const HELP_OPTION = { help: { type: 'boolean', short: 'h' } } as const;

type Options = NonNullable<ParseArgsConfig['options']>;
type Values<T extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T & typeof HELP_OPTION }>
>['values'];

/** What a command was called with. */
export interface CommandLine<T extends Options> {
  readonly values: Values<T>;
  /** What is no option: symbols. */
  readonly symbols: string[];
}

/**
 * Reads a command's options and the symbols that it is given. Prints its help if that is asked for.
 *
 * @returns undefined when that was all
 * @throws ArgumentError
 */
export function readCommandLine<T extends Options>(
  name: string,
  help: string,
  args: string[],
  options: T,
  { symbols: takesSymbols = true }: { readonly symbols?: boolean } = {},
): CommandLine<T> | undefined {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { ...options, ...HELP_OPTION },
      allowPositionals: takesSymbols,
    });
    if (!(values as { help?: boolean }).help) return { values, symbols: positionals };
    process.stdout.write(help);
    return undefined;
  } catch (cause) {
    throw new ArgumentError(`${(cause as Error).message} (see tickring ${name} --help)`, { cause });
  }
}
