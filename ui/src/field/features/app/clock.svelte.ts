/** The time of this device as something that screens follow. It ticks only while something on the screen looks at it. */
import { createSubscriber } from 'svelte/reactivity';

const TICK_MS = 1000;

export class Clock {
  #follow = createSubscriber((changed) => {
    const timer = setInterval(changed, TICK_MS);
    return () => clearInterval(timer);
  });

  /** Milliseconds; whoever reads this in a template is told every second. */
  get now(): number {
    this.#follow();
    return Date.now();
  }
}

export const clock = new Clock();
