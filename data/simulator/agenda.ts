import type { Cause } from './activity.ts';

/** Something a customer will do: look for a product of a type, or come back for one already chosen. */
export interface Plan {
  /** Epoch seconds at the earliest. */
  readonly time: number;
  readonly cause: Cause;
  readonly type: number;
  /** Compatible family looked for; −1: any. */
  readonly family: number;
  /** Product to look at first: what was used up, or what was chosen in an earlier session; −1: none. */
  readonly product: number;
  /** Whether the choice is made, and the visit is for buying it. */
  readonly decided: boolean;
  /** Product whose purchase created the need; −1: none. */
  readonly because: number;
}

/** A customer's plans in the order of time; of equal times the later added comes first. */
export class Agenda {
  /** Latest first, so that the next is taken from the end. */
  readonly #plans: Plan[] = [];
  readonly #end: number;

  /** @param end plans from this time on are dropped. */
  constructor(end: number) {
    this.#end = end;
  }

  add(plan: Plan): void {
    if (plan.time >= this.#end) return;
    let low = 0;
    let high = this.#plans.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#plans[middle]!.time < plan.time) high = middle;
      else low = middle + 1;
    }
    this.#plans.splice(low, 0, plan);
  }

  next(): Plan | undefined {
    return this.#plans.pop();
  }
}
