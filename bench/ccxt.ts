import { pro } from 'ccxt';

/** What of a book of ccxt's is read here. */
interface CcxtBook {
  readonly bids: readonly (readonly number[])[];
  readonly asks: readonly (readonly number[])[];
}

/** The part of ccxt's Kraken client that takes a book message off the wire. */
interface MessageHandler {
  handleOrderBook(client: object, message: unknown): void;
  readonly orderbooks: Readonly<Record<string, CcxtBook | undefined>>;
}

/** ccxt's Kraken client without a connection: takes frames as its socket's handler would, and keeps its books. */
export class CcxtKraken {
  readonly #handler = new pro.kraken() as unknown as MessageHandler;
  /** Stands for the socket: whom a message is told is not what is measured. */
  readonly #client = { resolve() {}, reject() {}, subscriptions: {} };

  take(frame: string): void {
    this.#handler.handleOrderBook(this.#client, JSON.parse(frame));
  }

  book(symbol: string): CcxtBook | undefined {
    return this.#handler.orderbooks[symbol];
  }
}
