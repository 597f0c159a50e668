/** Answers to requests, with their keys in the order of the wire. */
import { CHANNELS } from './channels.ts';
import { executionSnapshots, type RequestError, type SubscriptionRequest } from './request.ts';
import { microsText } from './time-text.ts';

/** What the account's rate counter may reach; acks of executions tell it. */
const MAX_RATE_COUNT = 180;
/** From the receipt of a request to its answer, in µs, as it was often measured on the wire. */
const WORK_MICROS = 42;

/** @param at when the request came, µs since the epoch */
export function pongText(reqId: number | undefined, at: number): string {
  return JSON.stringify({ method: 'pong', req_id: reqId, ...times(at) });
}

/** The answer to a request that was granted, for one of its symbols. */
export function ackText(request: SubscriptionRequest, symbol: string | undefined, at: number): string {
  const { method, reqId } = request;
  const result = method === 'subscribe' ? subscribed(request, symbol) : unsubscribed(request, symbol);
  return JSON.stringify({ method, req_id: reqId, result, success: true, ...times(at) });
}

/** The answers to a request that was refused: one for each symbol, or one. */
export function refusalTexts({ message, addressee }: RequestError, at: number): string[] {
  const { method, reqId, symbols = [], channel } = addressee;
  const said = symbols.length === 0 ? [undefined] : symbols;
  return said.map((symbol) =>
    JSON.stringify({
      channel,
      error: message,
      method,
      req_id: reqId,
      status: channel === undefined ? undefined : 'error',
      success: false,
      symbol,
      ...times(at),
    }),
  );
}

function subscribed(request: SubscriptionRequest, symbol: string | undefined): object {
  const { channel, snapshot } = request;
  const { warnings } = CHANNELS[channel];
  return {
    channel,
    ...variantOf(request),
    ...(channel === 'executions' && executions(request)),
    snapshot,
    symbol,
    warnings: warnings.length === 0 ? undefined : warnings,
  };
}

function unsubscribed(request: SubscriptionRequest, symbol: string | undefined): object {
  return { channel: request.channel, ...variantOf(request), symbol };
}

/** Acks of level3 come without their depth. */
function variantOf({ channel, variant }: SubscriptionRequest): object {
  const rules = CHANNELS[channel].variant;
  return rules === undefined || channel === 'level3' ? {} : { [rules.name]: variant };
}

function executions({ flags }: SubscriptionRequest): object {
  const { orders, trades } = executionSnapshots(flags);
  return { maxratecount: MAX_RATE_COUNT, snap_orders: orders, snap_trades: trades };
}

function times(at: number): object {
  return { time_in: microsText(at), time_out: microsText(at + WORK_MICROS) };
}
