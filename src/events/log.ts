import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sqlText, withDatabase } from '../database/index.ts';
import { OnewayError } from '../errors.ts';
import { type EventLog, eventTypes } from './types.ts';

/** Name of the event table inside an ingest folder. */
export const eventFileName = 'events.parquet';

/**
 * Reads `events.parquet` of an ingest folder.
 * @param productCount number of products of the catalogue beside it.
 * @throws OnewayError `FILE_NOT_FOUND`; `FILE_CORRUPT` when the file is cut or altered, out of order, or names a product ≥ productCount.
 */
export async function readEventLog(folder: string, productCount: number): Promise<EventLog> {
  const path = join(folder, eventFileName);
  if (!(await stat(path).catch(() => null))?.isFile()) {
    throw new OnewayError('FILE_NOT_FOUND', `There is no event table ${path}.`, {
      hint: 'Run the ingest stage first.',
    });
  }
  const corrupt = (reason: string, cause?: unknown) =>
    new OnewayError('FILE_CORRUPT', `${path} is not an event table of ours: ${reason}`, {
      hint: 'Run the ingest stage again.',
      cause,
    });
  try {
    return await withDatabase({}, async ({ connection, rows }) => {
      const [size] = await rows(`SELECT CAST(count(*) AS DOUBLE) AS n FROM read_parquet(${sqlText(path)})`);
      const length = size!.n as number;
      const log = {
        customer: new Uint32Array(length),
        product: new Uint32Array(length),
        type: new Uint8Array(length),
        time: new Uint32Array(length),
      };
      const result = await connection.stream(`SELECT CAST(customer AS UINTEGER), CAST(product AS UINTEGER),
        CAST(type AS UTINYINT), CAST(time AS UINTEGER) FROM read_parquet(${sqlText(path)})`);
      let place = 0;
      for await (const chunk of result) {
        log.customer.set(chunk.getColumnVector(0).toArray() as number[], place);
        log.product.set(chunk.getColumnVector(1).toArray() as number[], place);
        log.type.set(chunk.getColumnVector(2).toArray() as number[], place);
        log.time.set(chunk.getColumnVector(3).toArray() as number[], place);
        place += chunk.rowCount;
      }
      return checkedLog(log, productCount, corrupt);
    });
  } catch (error) {
    if (error instanceof OnewayError) throw error;
    throw corrupt((error as Error).message, error);
  }
}

type Columns = Pick<EventLog, 'customer' | 'product' | 'type' | 'time'>;

function checkedLog(log: Columns, productCount: number, corrupt: (reason: string) => OnewayError): EventLog {
  const { customer, product, type, time } = log;
  for (let i = 0; i < customer.length; i++) {
    if (product[i]! >= productCount) throw corrupt(`row ${i + 1} names product ${product[i]} of ${productCount}.`);
    if (type[i]! >= eventTypes.length) throw corrupt(`row ${i + 1} has the event type ${type[i]}.`);
    if (i === 0) continue;
    const step = customer[i]! - customer[i - 1]!;
    if (step < 0 || step > 1 || (step === 0 && time[i]! < time[i - 1]!)) throw corrupt(`row ${i + 1} is out of order.`);
  }
  const customerCount = customer.length === 0 ? 0 : customer[customer.length - 1]! + 1;
  return { customerCount, productCount, ...log };
}
