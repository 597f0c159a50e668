import { isInstalled } from '../dependencies.ts';
import type { LogLevel } from '../options.ts';

type Log = (fields: object, message: string) => void;

/** Structured logs. */
export interface Logger {
  readonly debug: Log;
  readonly info: Log;
  readonly warn: Log;
  readonly error: Log;
}

const STDERR = 2;

const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** Lines of JSON on stderr, by pino; nothing where that is not installed. What is logged never has a query or a header in it. */
export async function openLogger(level: LogLevel): Promise<Logger> {
  if (level === 'silent' || !isInstalled('pino')) return SILENT;
  const { pino } = await import('pino');
  // Written at once: a line of the last moment is not lost.
  const log = pino({ level, base: null, name: 'tickring' }, pino.destination({ fd: STDERR, sync: true }));
  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => log.info(fields, message),
    warn: (fields, message) => log.warn(fields, message),
    error: (fields, message) => log.error(fields, message),
  };
}
