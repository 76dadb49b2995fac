import type { EventType } from '../../src/events/types.ts';
import type { Random } from '../../src/random.ts';

/** Why a purchase was made; truth, never in the event log. */
export type Cause = 'need' | 'follow-up' | 'repeat' | 'upgrade' | 'impulse' | 'robot';

/** One simulated event with its cause. */
export interface Activity {
  readonly product: number;
  readonly type: EventType;
  /** Epoch seconds, whole. */
  readonly time: number;
  /** Number of the session among the customer's. */
  readonly session: number;
  readonly ip: string;
  readonly agent: string;
  readonly device: 'mobile' | 'desktop' | 'tablet' | 'server';
  readonly loggedIn: boolean;
  readonly cause: Cause;
  /** Product whose purchase created the need; −1: none. */
  readonly because: number;
}

/** All that one customer or robot did, in the order of time. */
export interface Visitor {
  readonly id: string;
  readonly robot: RobotClass | null;
  readonly activities: readonly Activity[];
}

/** `declared` says so in its user agent; `flat` runs evenly day and night; `burst` hides many short-lived ids behind one address; `imitator` keeps people's hours and gaps, and buys. */
export const robotClasses = ['declared', 'flat', 'burst', 'imitator'] as const;
export type RobotClass = (typeof robotClasses)[number];

export const browsers = {
  mobile: [
    'Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
    'Mozilla/5.0 (Android 14; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0',
  ],
  desktop: [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15',
    'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0',
  ],
  tablet: [
    'Mozilla/5.0 (iPad; CPU OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1',
  ],
} as const;

export const declaredAgents = [
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
  'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)',
  'python-requests/2.32.3',
] as const;

/** A 16-digit hexadecimal stand-in for a hashed address. */
export function ipHash(random: Random): string {
  const half = (): string => random.uint32().toString(16).padStart(8, '0');
  return half() + half();
}
