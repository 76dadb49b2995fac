/** What a worker thread runs. */
import { serveCrew } from '../../crew/index.ts';
import { openCommon, type SharedCommon } from './common.ts';
import { answerer, type Order, type OrderResult } from './orders.ts';

serveCrew<SharedCommon, Order, OrderResult>((shared, station) => answerer(openCommon(shared, station.lane), station));
