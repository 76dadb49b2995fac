import { type Adapter, ownAdapter } from '../../src/events/index.ts';
import { onlineRetail } from './online-retail.ts';
import { rees46 } from './rees46.ts';
import { taobao } from './taobao.ts';

/** Every data set that Oneway reads by name. */
export const adapters: readonly Adapter[] = [ownAdapter, onlineRetail, rees46, taobao];
