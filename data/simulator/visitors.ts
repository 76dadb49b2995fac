import type { Random } from '../../src/random.ts';
import { type RobotClass, robotClasses, type Visitor } from './activity.ts';
import { liveCustomer } from './customer.ts';
import type { Market } from './market.ts';
import { liveRobot } from './robot.ts';

/** Ids that one swarm of `burst` robots uses behind its address. */
const swarmSize = 20;

/** Robots that a configuration asks for. */
export function robotCount(customers: number, share: number): number {
  return Math.round(customers * share);
}

/**
 * Every customer and robot, one after the other, robots spread evenly among the ids. Each draws from its own stream,
 * so that memory holds one visitor at a time.
 */
export function* visitors(market: Market, root: Random): Generator<Visitor> {
  const { customers, robotShare } = market.configuration;
  const robots = robotCount(customers, robotShare);
  const total = customers + robots;
  const offset = root.fork('robots').uniform();
  let robot = 0;
  for (let i = 0; i < total; i++) {
    const id = `c-${String(i + 1).padStart(7, '0')}`;
    const isRobot = Math.floor(((i + 1) * robots) / total + offset) > Math.floor((i * robots) / total + offset);
    if (isRobot && robot < robots) {
      const kind = robotKind(robot);
      const swarm = Math.floor(robot / robotClasses.length / swarmSize);
      yield { id, robot: kind, activities: liveRobot(market, kind, swarm, root.fork('robot', robot)) };
      robot++;
    } else yield { id, robot: null, activities: liveCustomer(market, root.fork('customer', i)) };
  }
}

/** Classes in turn. */
function robotKind(robot: number): RobotClass {
  return robotClasses[robot % robotClasses.length]!;
}
