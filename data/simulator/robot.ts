import type { EventType } from '../../src/events/types.ts';
import type { Random } from '../../src/random.ts';
import { type Activity, browsers, declaredAgents, ipHash, type RobotClass } from './activity.ts';
import type { Market } from './market.ts';
import { logNormal, nextActive } from './rhythm.ts';

const day = 86_400;

interface Traits {
  readonly agent: string;
  readonly device: Activity['device'];
  readonly ip: string;
  readonly loggedIn: boolean;
}

/** Collects a robot's activities; what falls outside the log is dropped. */
class Trail {
  readonly activities: Activity[] = [];
  readonly #market: Market;
  readonly #traits: Traits;

  constructor(market: Market, traits: Traits) {
    this.#market = market;
    this.#traits = traits;
  }

  act(product: number, type: EventType, time: number, session: number): void {
    if (time < this.#market.start || time >= this.#market.end) return;
    this.activities.push({
      product,
      type,
      time: Math.floor(time),
      session,
      ...this.#traits,
      cause: 'robot',
      because: -1,
    });
  }
}

const from = <T>(values: readonly T[], random: Random): T => values[random.integer(values.length)]!;

/**
 * Lives one robot's run through the shop; activities come in the order of time.
 * @param swarm number of the address that `burst` robots of one swarm share.
 */
export function liveRobot(market: Market, kind: RobotClass, swarm: number, random: Random): readonly Activity[] {
  switch (kind) {
    case 'declared':
      return crawl(market, random);
    case 'flat':
      return scrape(market, random);
    case 'burst':
      return burst(market, swarm, random);
    case 'imitator':
      return imitate(market, random);
  }
}

/** A search engine's sweep, once in a few days: products in turn, a few seconds to minutes apart, views only. */
function crawl(market: Market, random: Random): readonly Activity[] {
  const trail = new Trail(market, {
    agent: from(declaredAgents, random),
    device: 'server',
    ip: ipHash(random),
    loggedIn: false,
  });
  const { count } = market.shop;
  let product = random.integer(count);
  let session = 0;
  for (
    let time = market.start + random.uniform() * 4 * day;
    time < market.end;
    time += (3 + random.uniform() * 4) * day
  ) {
    session++;
    let t = time;
    for (let n = 20 + random.integer(60); n > 0; n--) {
      trail.act(product, 'view', t, session);
      product = (product + 1) % count;
      t += 5 + random.exponential() * 60;
    }
  }
  return trail.activities;
}

/** A price scraper under a browser's name: any product, about the same gap all day and all night. */
function scrape(market: Market, random: Random): readonly Activity[] {
  const trail = new Trail(market, {
    agent: from(browsers.desktop, random),
    device: 'desktop',
    ip: ipHash(random),
    loggedIn: false,
  });
  const views = 300 + random.integer(600);
  const length = (7 + random.uniform() * 30) * day;
  const begin = market.start + random.uniform() * Math.max(0, market.end - market.start - length);
  for (let i = 0; i < views; i++) {
    const time = begin + ((i + 0.2 * random.uniform()) * length) / views;
    trail.act(random.integer(market.shop.count), 'view', time, 1 + Math.floor(i / 200));
  }
  return trail.activities;
}

/** One short-lived id of a swarm: a minute or two of rapid views and carts from an address shared by the swarm. */
function burst(market: Market, swarm: number, random: Random): readonly Activity[] {
  const common = market.shop.random.fork('swarm', swarm);
  const ip = ipHash(common);
  const begin = market.start + common.uniform() * (market.end - market.start - day);
  const aim = market.chooser.pool(market.drawType(common), -1)!;
  const trail = new Trail(market, { agent: from(browsers.desktop, random), device: 'desktop', ip, loggedIn: false });
  let time = begin + random.uniform() * 3600;
  for (let n = 40 + random.integer(80); n > 0; n--) {
    const product = random.uniform() < 0.5 ? market.chooser.draw(aim, random) : random.integer(market.shop.count);
    trail.act(product, random.uniform() < 0.1 ? 'cart' : 'view', time, 1);
    time += 0.3 + random.exponential() * 1.2;
  }
  return trail.activities;
}

/** Keeps people's hours and gaps, looks at popular things, and now and then buys what it is paid to push. */
function imitate(market: Market, random: Random): readonly Activity[] {
  const device = random.uniform() < 0.5 ? 'mobile' : 'desktop';
  const trail = new Trail(market, {
    agent: from(browsers[device], random),
    device,
    ip: ipHash(random),
    loggedIn: true,
  });
  const pushed = [random.integer(market.shop.count), random.integer(market.shop.count)] as const;
  let time = market.start + random.uniform() * 10 * day;
  for (let session = 1; ; session++) {
    time = nextActive(time, random);
    if (time >= market.end) return trail.activities;
    const pool = market.chooser.pool(market.drawType(random), -1)!;
    for (let n = 2 + random.integer(8); n > 0; n--) {
      trail.act(market.chooser.draw(pool, random), 'view', time, session);
      time += logNormal(30, 0.8, random);
    }
    const target = from(pushed, random);
    trail.act(target, 'view', time, session);
    time += logNormal(20, 0.6, random);
    if (random.uniform() < 0.5) {
      trail.act(target, 'cart', time, session);
      time += logNormal(120, 0.6, random);
      if (random.uniform() < 0.4) trail.act(target, 'purchase', time, session);
    }
    time += logNormal(1.5, 0.7, random) * day;
  }
}
