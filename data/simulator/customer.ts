import type { EventType } from '../../src/events/types.ts';
import type { Random } from '../../src/random.ts';
import { type Activity, browsers, type Cause, ipHash } from './activity.ts';
import type { Market } from './market.ts';
import { upgrade } from './relations.ts';
import { logNormal, nextActive } from './rhythm.ts';
import { familyIn } from './shop.ts';

const minute = 60;
const day = 86_400;
/** Share of follow-up purchases after which one more of the kind is bought: a second case, the next game. */
const furtherShare = 0.3;

/** Something the customer will do: look for a product of a type, or come back for one already chosen. */
interface Plan {
  readonly time: number;
  readonly cause: Cause;
  readonly type: number;
  /** Compatible family looked for; −1: any. */
  readonly family: number;
  /** Product to look at first: what was used up, or what was chosen in an earlier session; −1: none. */
  readonly product: number;
  /** Whether the choice is made, and the visit is for buying it. */
  readonly decided: boolean;
  readonly because: number;
}

interface Person {
  readonly random: Random;
  /** Preferred price band, 0 … 2. */
  readonly taste: number;
  /** Factor on activity, log-normal around 1. */
  readonly eagerness: number;
  readonly departments: readonly number[];
  readonly device: 'mobile' | 'desktop' | 'tablet';
  readonly agent: string;
  readonly homeIp: string;
  readonly knownShare: number;
}

function drawPerson(market: Market, random: Random): Person {
  const u = random.uniform();
  const device = u < 0.58 ? 'mobile' : u < 0.93 ? 'desktop' : 'tablet';
  const agents = browsers[device];
  return {
    random,
    taste: random.integer(3),
    eagerness: logNormal(0.78, 0.7, random),
    departments: [market.drawDepartment(random), market.drawDepartment(random), market.drawDepartment(random)],
    device,
    agent: agents[random.integer(agents.length)]!,
    homeIp: random.uniform() < 0.08 ? market.sharedIp(random) : ipHash(random),
    knownShare: random.uniform() < 0.75 ? 0.92 : 0.25,
  };
}

/**
 * Lives one customer's months in the shop: needs arise, are looked for among substitutes, lead to a purchase at once, later or never;
 * a purchase leads to compatible things, to buying again, and rarely and late to an upgrade. Activities come in the order of time.
 */
export function liveCustomer(market: Market, random: Random): Activity[] {
  const { shop, configuration, start, end } = market;
  const person = drawPerson(market, random);
  const activities: Activity[] = [];
  const agenda: Plan[] = [];
  const owned = new Set<number>();
  let session = 0;
  let free = start;

  const plan = (entry: Plan): void => {
    if (entry.time >= end) return;
    let low = 0;
    let high = agenda.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (agenda[middle]!.time < entry.time) high = middle;
      else low = middle + 1;
    }
    agenda.splice(low, 0, entry);
  };

  const planArrivals = (): void => {
    const joins = random.uniform() < 0.7 ? start : start + random.uniform() * (end - start) * 0.9;
    const months = (end - joins) / (30 * day);
    const sprinkle = (mean: number, cause: Cause): void => {
      for (let k = poisson(mean, random); k > 0; k--) {
        const liked = cause === 'need' && random.uniform() < 0.85;
        const department = person.departments[random.integer(person.departments.length)]!;
        const type = liked ? market.drawTypeIn(department, random) : market.drawType(random);
        const time = joins + random.uniform() * (end - joins);
        plan({ time, cause, type, family: -1, product: -1, decided: false, because: -1 });
      }
    };
    sprinkle(configuration.needsPerMonth * months * person.eagerness, 'need');
    sprinkle(configuration.browsingPerMonth * months * person.eagerness, 'impulse');
  };

  const afterPurchase = (p: number, time: number, { cause, because }: Plan): void => {
    const type = shop.type[p]!;
    owned.add(type);
    if (cause === 'follow-up' && random.uniform() < furtherShare) {
      const delay = logNormal(14, 0.9, random) * day;
      const family = shop.fits[p]!;
      plan({ time: time + delay, cause, type, family, product: -1, decided: false, because });
    }
    for (const { to, via, strength, delayDays } of market.relationsFrom(type)) {
      if (random.uniform() >= Math.min(0.97, strength * configuration.relationStrength)) continue;
      const family = via === null ? -1 : familyIn(shop, p, via);
      const delay = random.uniform() < 0.12 ? 10 * minute : logNormal(delayDays, 0.9, random) * day;
      plan({ time: time + delay, cause: 'follow-up', type: to, family, product: -1, decided: false, because: p });
    }
    const { repeatDays } = shop.types[type]!;
    if (repeatDays !== null && random.uniform() < 0.72) {
      const again = random.uniform() < 0.7 ? p : -1;
      const family = shop.fits[p]!;
      const delay = logNormal(repeatDays, 0.35, random) * day;
      plan({ time: time + delay, cause: 'repeat', type, family, product: again, decided: false, because: p });
    }
    if (cause !== 'upgrade' && market.isUpgraded(type) && random.uniform() < upgrade.probability) {
      const delay = logNormal(upgrade.delayDays, 0.4, random) * day;
      plan({ time: time + delay, cause: 'upgrade', type, family: -1, product: -1, decided: false, because: p });
    }
  };

  planArrivals();
  for (let next = agenda.pop(); next !== undefined; next = agenda.pop()) {
    // Who has a phone or a printer does not need another; that is an upgrade, and rare.
    const has = owned.has(next.type) && market.relationsFrom(next.type).length > 0;
    if (has && !next.decided && next.cause !== 'upgrade' && next.cause !== 'repeat' && random.uniform() < 0.93)
      continue;
    const began = nextActive(Math.max(next.time, free), random);
    if (began >= end) continue;
    session++;
    const visit = { ip: person.homeIp, loggedIn: random.uniform() < person.knownShare };
    if (person.device === 'mobile' && random.uniform() < 0.3) visit.ip = market.sharedIp(random);
    const { cause, because } = next;
    let time = began;
    const act = (product: number, type: EventType): void => {
      if (time >= end) return;
      const { device, agent } = person;
      const loggedIn = visit.loggedIn || type === 'purchase';
      activities.push({
        product,
        type,
        time: Math.floor(time),
        session,
        device,
        agent,
        cause,
        because,
        ...visit,
        loggedIn,
      });
    };
    const buy = (product: number): void => {
      time += logNormal(4 * minute, 0.8, random);
      if (time >= end) return;
      act(product, 'purchase');
      afterPurchase(product, time, next);
    };

    const now = (began - start) / day;
    if (next.decided) {
      if (shop.gone[next.product]! <= now) continue;
      if (random.uniform() < 0.8) {
        act(next.product, 'view');
        time += logNormal(40, 0.8, random);
      }
      if (random.uniform() < 0.85) act(next.product, 'cart');
      buy(next.product);
    } else {
      const choice = lookAround(market, person, next, now, (product, type, pause) => {
        act(product, type);
        time += pause;
      });
      const factor = cause === 'need' ? 1 : cause === 'impulse' ? 0.15 : cause === 'repeat' ? 1.5 : 1.35;
      if (choice !== null && random.uniform() < Math.min(0.98, configuration.conversion * factor)) {
        const dear = shop.price[choice]! > 150;
        if (random.uniform() < (dear ? 0.35 : 0.7)) {
          if (random.uniform() < 0.88) act(choice, 'cart');
          buy(choice);
        } else {
          if (random.uniform() < 0.3) act(choice, 'cart');
          const delay = logNormal(dear ? 2.2 : 1, 1.1, random) * day;
          plan({ ...next, time: time + delay, type: shop.type[choice]!, product: choice, decided: true });
        }
      } else if (choice !== null && random.uniform() < 0.14) act(choice, 'cart');
    }
    free = time + 15 * minute;
  }
  return activities;
}

/** Views what could serve the need, mostly substitutes of one price band; returns the favourite, null when nothing fits. */
function lookAround(
  market: Market,
  person: Person,
  { type, family, product, cause }: Plan,
  now: number,
  act: (product: number, type: EventType, pause: number) => void,
): number | null {
  const { chooser, shop } = market;
  const { random } = person;
  const pool = chooser.pool(type, family);
  if (pool === null) return null;
  const taste = random.uniform() < 0.8 ? person.taste : random.integer(3);
  const known = product >= 0 && shop.gone[product]! > now;
  const choice = known ? product : chooser.drawOnSale(pool, now, taste, random);
  if (choice === null) return null;
  const wanted = cause === 'repeat' && known ? 0.3 : cause === 'need' || cause === 'upgrade' ? 4.2 : 2.4;
  const others = Math.min(12, Math.floor(random.exponential() * wanted));
  const place = random.integer(others + 1);
  for (let i = 0; i <= others; i++) {
    let shown: number | null = choice;
    if (i !== place) {
      if (cause === 'impulse' && random.uniform() < 0.6) {
        shown = chooser.drawOnSale(chooser.pool(market.drawType(random), -1)!, now, -1, random);
      } else shown = chooser.drawOnSale(pool, now, shop.band[choice]!, random);
    }
    if (shown === null || (i !== place && shown === choice)) continue;
    act(shown, 'view', logNormal(38, 0.9, random));
    if (random.uniform() < 0.035) act(shown, 'favourite', logNormal(8, 0.5, random));
  }
  return choice;
}

/** Poisson draw by Knuth's product for small means, by the normal approximation above 30. */
export function poisson(mean: number, random: Random): number {
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()));
  const limit = Math.exp(-mean);
  let k = 0;
  for (let product = random.uniform(); product > limit; product *= random.uniform()) k++;
  return k;
}
