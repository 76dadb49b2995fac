import type { Random } from '../../src/random.ts';
import { type Activity, browsers, ipHash } from './activity.ts';
import type { Market } from './market.ts';
import { logNormal } from './rhythm.ts';

/** What stays the same of a customer. */
export interface Person {
  /** Preferred price band, 0 … 2. */
  readonly taste: number;
  /** Factor on activity, log-normal around 1. */
  readonly eagerness: number;
  /** Departments of most needs. */
  readonly departments: readonly number[];
  readonly device: Exclude<Activity['device'], 'server'>;
  readonly agent: string;
  readonly homeIp: string;
  /** Share of sessions in which the customer is logged in from the start. */
  readonly knownShare: number;
}

export function drawPerson(market: Market, random: Random): Person {
  const u = random.uniform();
  const device = u < 0.58 ? 'mobile' : u < 0.93 ? 'desktop' : 'tablet';
  const agents = browsers[device];
  return {
    taste: random.integer(3),
    eagerness: logNormal(0.78, 0.7, random),
    departments: [market.drawDepartment(random), market.drawDepartment(random), market.drawDepartment(random)],
    device,
    agent: agents[random.integer(agents.length)]!,
    homeIp: random.uniform() < 0.08 ? market.sharedIp(random) : ipHash(random),
    knownShare: random.uniform() < 0.75 ? 0.92 : 0.25,
  };
}
