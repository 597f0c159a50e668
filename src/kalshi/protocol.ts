/** Kalshi's WebSocket API v2 as its clients have to speak it: addresses, commands, error codes. */

/** Production and demo have keys of their own. */
export type Environment = 'production' | 'demo';

export const KALSHI_URL = 'wss://external-api-ws.kalshi.com/trade-api/ws/v2';
export const KALSHI_DEMO_URL = 'wss://external-api-ws.demo.kalshi.co/trade-api/ws/v2';

export const URLS: Readonly<Record<Environment, string>> = {
  production: KALSHI_URL,
  demo: KALSHI_DEMO_URL,
};

/** What is signed of the address, whatever its host. */
export const SIGNED_PATH = '/trade-api/ws/v2';

/** Values that parameters may have. */
export type Param = string | number | boolean | readonly string[] | readonly number[];
export type Params = Readonly<Record<string, Param>>;

export type CommandName = 'subscribe' | 'unsubscribe' | 'update_subscription' | 'list_subscriptions';

export function commandMessage(id: number, name: CommandName, params: Params | undefined): string {
  return JSON.stringify({ id, cmd: name, ...(params && { params }) });
}

/** Error codes that the client acts upon; all others are passed on. */
export const ERROR_UNKNOWN_SUBSCRIPTION = 7;
export const ERROR_UNKNOWN_CHANNEL = 8;
export const ERROR_CHANNEL = 10;
export const ERROR_COMMAND_TIMEOUT = 18;
export const ERROR_BUFFER_OVERFLOW = 25;
export const ERROR_TOO_MANY_REQUESTS = 27;

/** After these the subscription is gone, and has to be asked for again. */
export const TERMINAL_ERRORS: ReadonlySet<number> = new Set([ERROR_CHANNEL, ERROR_BUFFER_OVERFLOW]);

/** Answers to an upgrade that are about the credentials. */
export const CREDENTIAL_STATUSES: ReadonlySet<number> = new Set([401, 403]);
/** Answers to an upgrade after which connecting again is of no use. */
export const TERMINAL_STATUSES: ReadonlySet<number> = new Set([400, 404]);
