/** Whether something can be made of the message at hand. */

export let understood: bool = true;

/** It is good JSON, but not what the venue says of itself: the whole message is handed on. */
export function misunderstood(): void {
  understood = false;
}

export function understand(): void {
  understood = true;
}
