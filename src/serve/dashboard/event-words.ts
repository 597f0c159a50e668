import type { FeedEvent } from './api-types.ts';
import { duration } from './format.ts';
import { venueNamed } from './venues/venues.ts';

export type EventKind = 'states' | 'gaps' | 'errors' | 'others';
type Tone = 'good' | 'bad' | 'busy' | 'fault' | 'plain';

/** An event, in words. */
export interface EventWords {
  readonly kind: EventKind;
  readonly tone: Tone;
  readonly sign: string;
  readonly title: string;
  readonly more: string;
}

const SIGNS: Readonly<Record<Tone, string>> = { good: '✓', bad: '✕', busy: '…', fault: '⚡︎', plain: '·' };

const GOOD_STATES = ['subscribed'];
const BAD_STATES = ['degraded', 'closed', 'disconnected'];

type Say = (event: FeedEvent) => Omit<EventWords, 'sign'>;

const SAY: Readonly<Record<string, Say>> = {
  state: (event) => ({
    kind: 'states',
    tone: GOOD_STATES.includes(text(event.to))
      ? 'good'
      : BAD_STATES.includes(text(event.to))
        ? 'bad'
        : 'busy',
    title: `${place(event)} ${text(event.to)}`,
    more: text(event.cause).replaceAll('-', ' '),
  }),
  gap: (event) => ({
    kind: 'gaps',
    tone: 'bad',
    title: `${subject(event)} ${event.reason === 'checksum' ? 'checksum differs' : 'gap'}`,
    more: gapMore(event),
  }),
  resync: (event) => ({
    kind: 'gaps',
    tone: event.outcome === 'done' ? 'good' : event.outcome === 'degraded' ? 'bad' : 'busy',
    title: `${subject(event)} ${RESYNCS[text(event.outcome)] ?? text(event.outcome)}`,
    more: resyncMore(event),
  }),
  retry: (event) => ({
    kind: 'states',
    tone: 'busy',
    title: `${place(event)} tries again`,
    more: `attempt ${text(event.attempt)}, in ${duration(Number(event.delay))}`,
  }),
  'gave-up': (event) => ({
    kind: 'errors',
    tone: 'bad',
    title: `${place(event)} gave up`,
    more: text(event.message),
  }),
  error: (event) => ({
    kind: 'errors',
    tone: 'bad',
    title: text(event.code),
    more: text(event.message),
  }),
  refused: (event) => ({
    kind: 'errors',
    tone: 'bad',
    title: `${text(event.symbol)} refused`,
    more: text(event.reason),
  }),
  subscribed: (event) => ({
    kind: 'others',
    tone: 'good',
    title: `${list(event.symbols)} added`,
    more: '',
  }),
  unsubscribed: (event) => ({
    kind: 'others',
    tone: 'plain',
    title: `${list(event.symbols)} removed`,
    more: '',
  }),
  status: (event) => ({ kind: 'states', tone: 'plain', title: `System ${text(event.system)}`, more: '' }),
  fault: (event) => ({
    kind: 'others',
    tone: 'fault',
    title: `Fault: ${text(event.fault)}`,
    more: `${text(event.met)} met, on purpose`,
  }),
};

const RESYNCS: Readonly<Record<string, string>> = {
  asked: 'resyncing',
  step: 'still resyncing',
  done: 'whole again',
  degraded: 'not recovered',
};

export function wordsOf(event: FeedEvent): EventWords {
  const say = SAY[event.type];
  const words = say?.(event) ?? {
    kind: 'others',
    tone: 'plain',
    title: event.type,
    more: text(event.message),
  };
  const venue = venueNamed(event.venue).label;
  const named = words.title.startsWith(venue);
  const more = [named ? '' : venue, words.more].filter((part) => part !== '').join(', ');
  return { ...words, sign: SIGNS[words.tone], more };
}

function text(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}

function list(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : text(value);
}

function place({ venue, connection }: FeedEvent): string {
  return `${venueNamed(venue).label} ${connection ?? ''}`.trim();
}

/** Which books it is about: one, or all of a subscription. */
function subject({ symbol, markets }: FeedEvent): string {
  return text(symbol) || `${text(markets)} books`;
}

function gapMore({ channel, expected, computed, received, reason }: FeedEvent): string {
  if (computed !== undefined) return `expected ${text(expected)}, computed ${text(computed)}`;
  if (received !== undefined) return `number ${text(expected)} was due, ${text(received)} came`;
  if (reason === 'no-snapshot') return `${text(channel)}: acknowledged, and has not come`;
  return text(channel);
}

function resyncMore(event: FeedEvent): string {
  const { outcome, attempt, step } = event;
  const took = Number(event.duration);
  if (outcome === 'done' && took > 0) return `after ${duration(took)}`;
  return attempt === undefined ? `by ${text(step)}` : `attempt ${text(attempt)}`;
}
