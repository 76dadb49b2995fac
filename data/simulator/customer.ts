import type { EventType } from '../../src/events/types.ts';
import type { Random } from '../../src/random.ts';
import type { Activity, Cause } from './activity.ts';
import { Agenda, type Plan } from './agenda.ts';
import type { Market } from './market.ts';
import { drawPerson, type Person } from './person.ts';
import { upgrade } from './relations.ts';
import { logNormal, nextActive, poisson } from './rhythm.ts';
import { familyIn } from './shop.ts';

const minute = 60;
const day = 86_400;

/** Share of follow-up needs that are met in the same basket, and so bought at the same moment. */
const togetherShare = 0.1;
/** Share of follow-up purchases after which one more of the kind is bought: a second case, the next game. */
const furtherShare = 0.3;
/** Probability that a used-up product is bought again, and that it is the very same one. */
const repeat = { probability: 0.72, sameShare: 0.7 } as const;
/** Share of needs for another phone or printer that its owner drops; a new one is an upgrade, and rare. */
const contentShare = 0.93;

/** How often a cause ends in a purchase, relative to a new need. */
const conversionFactor: Readonly<Record<Cause, number>> = {
  need: 1,
  'follow-up': 1.35,
  repeat: 1.5,
  upgrade: 1.35,
  impulse: 0.15,
  robot: 0,
};
/** Mean number of other products looked at, by cause. */
const othersViewed: Readonly<Record<Cause, number>> = {
  need: 4.2,
  'follow-up': 2.4,
  repeat: 2.4,
  upgrade: 4.2,
  impulse: 2.4,
  robot: 0,
};

/**
 * Lives one customer's months in the shop: needs arise, are looked for among substitutes, lead to a purchase at once, later or never;
 * a purchase leads to compatible things, to buying again, and rarely and late to an upgrade. Activities come in the order of time.
 */
export function liveCustomer(market: Market, random: Random): readonly Activity[] {
  return new Life(market, random).live();
}

class Life {
  readonly #market: Market;
  readonly #random: Random;
  readonly #person: Person;
  readonly #agenda: Agenda;
  readonly #activities: Activity[] = [];
  /** Types bought so far. */
  readonly #owned = new Set<number>();
  /** The moment, epoch seconds. */
  #time: number;
  #session = 0;
  #ip = '';
  #loggedIn = false;

  constructor(market: Market, random: Random) {
    this.#market = market;
    this.#random = random;
    this.#person = drawPerson(market, random);
    this.#agenda = new Agenda(market.end);
    this.#time = market.start;
  }

  live(): readonly Activity[] {
    this.#planNeeds();
    for (let plan = this.#agenda.next(); plan !== undefined; plan = this.#agenda.next()) {
      if (this.#isContent(plan)) continue;
      const began = nextActive(Math.max(plan.time, this.#time), this.#random);
      if (began >= this.#market.end) continue;
      this.#visit(plan, began);
      this.#time += 15 * minute;
    }
    return this.#activities;
  }

  #planNeeds(): void {
    const { start, end, configuration } = this.#market;
    const { eagerness, departments } = this.#person;
    const random = this.#random;
    const joins = random.uniform() < 0.7 ? start : start + random.uniform() * (end - start) * 0.9;
    const months = (end - joins) / (30 * day);
    const sprinkle = (perMonth: number, cause: Cause): void => {
      for (let left = poisson(perMonth * months * eagerness, random); left > 0; left--) {
        const liked = cause === 'need' && random.uniform() < 0.85;
        const department = departments[random.integer(departments.length)]!;
        const type = liked ? this.#market.drawTypeIn(department, random) : this.#market.drawType(random);
        const time = joins + random.uniform() * (end - joins);
        this.#agenda.add({ time, cause, type, family: -1, product: -1, decided: false, because: -1 });
      }
    };
    sprinkle(configuration.needsPerMonth, 'need');
    sprinkle(configuration.browsingPerMonth, 'impulse');
  }

  /** Whether the customer has what the plan is for and drops it. */
  #isContent({ type, cause, decided }: Plan): boolean {
    if (decided || cause === 'upgrade' || cause === 'repeat') return false;
    if (!this.#owned.has(type) || this.#market.relationsFrom(type).length === 0) return false;
    return this.#random.uniform() < contentShare;
  }

  #visit(plan: Plan, began: number): void {
    const { shop, configuration } = this.#market;
    const random = this.#random;
    this.#time = began;
    this.#session++;
    const isMobile = this.#person.device === 'mobile' && random.uniform() < 0.3;
    this.#ip = isMobile ? this.#market.sharedIp(random) : this.#person.homeIp;
    this.#loggedIn = random.uniform() < this.#person.knownShare;

    if (plan.decided) {
      if (shop.gone[plan.product]! <= this.#today()) return;
      if (random.uniform() < 0.8) this.#act(plan.product, 'view', plan, logNormal(40, 0.8, random));
      if (random.uniform() < 0.85) this.#act(plan.product, 'cart', plan);
      this.#buy(plan.product, plan);
      return;
    }
    const choice = this.#lookAround(plan, othersViewed[plan.cause]);
    if (choice === null) return;
    const chance = configuration.conversion * conversionFactor[plan.cause];
    if (random.uniform() >= Math.min(0.98, chance)) {
      if (random.uniform() < 0.14) this.#act(choice, 'cart', plan);
      return;
    }
    const isDear = shop.price[choice]! > 150;
    if (random.uniform() < (isDear ? 0.35 : 0.7)) {
      if (random.uniform() < 0.88) this.#act(choice, 'cart', plan);
      this.#buy(choice, plan);
      return;
    }
    if (random.uniform() < 0.3) this.#act(choice, 'cart', plan);
    const time = this.#time + logNormal(isDear ? 2.2 : 1, 1.1, random) * day;
    this.#agenda.add({ ...plan, time, type: shop.type[choice]!, product: choice, decided: true });
  }

  /** Views what could serve the plan, mostly substitutes of one price band; returns the favourite, null when nothing fits. */
  #lookAround({ type, family, product, cause, because }: Plan, mean: number): number | null {
    const { chooser, shop } = this.#market;
    const random = this.#random;
    const now = this.#today();
    const pool = chooser.pool(type, family);
    if (pool === null) return null;
    const taste = random.uniform() < 0.8 ? this.#person.taste : random.integer(3);
    const isKnown = product >= 0 && shop.gone[product]! > now;
    const choice = isKnown ? product : chooser.drawOnSale(pool, now, taste, random);
    if (choice === null) return null;
    const others = Math.min(12, Math.floor(random.exponential() * (isKnown ? 0.3 : mean)));
    const place = random.integer(others + 1);
    for (let i = 0; i <= others; i++) {
      const strays = cause === 'impulse' && random.uniform() < 0.6;
      const among = strays ? chooser.pool(this.#market.drawType(random), -1)! : pool;
      const shown: number | null =
        i === place ? choice : chooser.drawOnSale(among, now, strays ? -1 : shop.band[choice]!, random);
      if (shown === null || (i !== place && shown === choice)) continue;
      this.#act(shown, 'view', { cause, because }, logNormal(38, 0.9, random));
      if (random.uniform() < 0.035) this.#act(shown, 'favourite', { cause, because }, logNormal(8, 0.5, random));
    }
    return choice;
  }

  /** Checks out the product, with what goes into the same basket, and plans what the purchases lead to. */
  #buy(product: number, why: Pick<Plan, 'cause' | 'because'>): void {
    const random = this.#random;
    const basket = [{ product, cause: why.cause, because: why.because }];
    const later: Plan[] = [];
    for (const need of this.#followUps(product)) {
      const extra = random.uniform() < togetherShare ? this.#lookAround(need, 1) : null;
      if (extra === null) later.push(need);
      else {
        this.#act(extra, 'cart', need);
        basket.push({ product: extra, cause: need.cause, because: product });
      }
    }
    this.#time += logNormal(4 * minute, 0.8, random);
    if (this.#time >= this.#market.end) return;
    for (const plan of later) this.#agenda.add({ ...plan, time: this.#time + plan.time });
    for (const [i, { product: bought, cause, because }] of basket.entries()) {
      this.#act(bought, 'purchase', { cause, because });
      this.#owned.add(this.#market.shop.type[bought]!);
      if (i > 0)
        for (const plan of this.#followUps(bought)) this.#agenda.add({ ...plan, time: this.#time + plan.time });
      this.#planAgain(bought, cause, because);
    }
  }

  /** Needs that the purchase creates through the planted relations; `time` counts from the purchase. */
  #followUps(p: number): Plan[] {
    const { shop, configuration } = this.#market;
    const random = this.#random;
    const needs: Plan[] = [];
    for (const { to, via, strength, delayDays } of this.#market.relationsFrom(shop.type[p]!)) {
      if (random.uniform() >= Math.min(0.97, strength * configuration.relationStrength)) continue;
      const family = via === null ? -1 : familyIn(shop, p, via);
      const time = logNormal(delayDays, 0.9, random) * day;
      needs.push({ time, cause: 'follow-up', type: to, family, product: -1, decided: false, because: p });
    }
    return needs;
  }

  /** Plans one more of the kind, the replacement of what is used up, and the upgrade. */
  #planAgain(p: number, cause: Cause, because: number): void {
    const { shop } = this.#market;
    const random = this.#random;
    const type = shop.type[p]!;
    const { repeatDays } = shop.types[type]!;
    const like = { type, family: shop.fits[p]!, product: -1, decided: false };
    const after = (days: number, sigma: number): number => this.#time + logNormal(days, sigma, random) * day;
    if (cause === 'follow-up' && random.uniform() < furtherShare) {
      this.#agenda.add({ ...like, cause, because, time: after(14, 0.9) });
    }
    if (repeatDays !== null && random.uniform() < repeat.probability) {
      const product = random.uniform() < repeat.sameShare ? p : -1;
      this.#agenda.add({ ...like, cause: 'repeat', because: p, product, time: after(repeatDays, 0.35) });
    }
    if (cause !== 'upgrade' && this.#market.isUpgraded(type) && random.uniform() < upgrade.probability) {
      this.#agenda.add({ ...like, cause: 'upgrade', because: p, time: after(upgrade.delayDays, 0.4) });
    }
  }

  /** Day of the log, with its fraction. */
  #today(): number {
    return (this.#time - this.#market.start) / day;
  }

  /** Records an event now; then `pause` seconds pass. */
  #act(product: number, type: EventType, { cause, because }: Pick<Plan, 'cause' | 'because'>, pause = 0): void {
    if (this.#time < this.#market.end) {
      const { device, agent } = this.#person;
      const loggedIn = this.#loggedIn || type === 'purchase';
      const [time, session, ip] = [Math.floor(this.#time), this.#session, this.#ip];
      this.#activities.push({ product, type, time, session, ip, agent, device, loggedIn, cause, because });
    }
    this.#time += pause;
  }
}
