import { TickringError } from '../errors.ts';

/**
 * What is wrong with a private key: `'missing'`, none was given, or no key id; `'file'`, the file cannot be read; `'encrypted'`;
 * `'public'`, it is the public half; `'type'`, neither RSA nor Ed25519, or too short; `'malformed'`, it is no PEM, or the key's id
 * has characters that no id has.
 */
export type KeyProblem = 'missing' | 'file' | 'encrypted' | 'public' | 'type' | 'malformed';

/** `ERR_TICKRING_KEY`: a private key that cannot be used. What was given is never a part of the message. */
export class KeyError extends TickringError {
  readonly problem: KeyProblem;

  constructor(problem: KeyProblem, message: string) {
    super('ERR_TICKRING_KEY', message);
    this.problem = problem;
  }
}
