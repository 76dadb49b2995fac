/**
 * An embedded DuckDB, opened for one job and closed after it. Bounded memory, no network, no extension that is not built in.
 * @module
 */
import type { DuckDBConnection, JS } from '@duckdb/node-api';

export interface DatabaseOptions {
  /** Upper bound on the engine's own buffers, as DuckDB writes it. @default '1GB' */
  readonly memoryLimit?: string;
  /** Where sorts and joins spill. Without it they fail at the memory limit. */
  readonly spillFolder?: string;
  /** @default 2 */
  readonly threads?: number;
  /** Interrupts the running statement. */
  readonly signal?: AbortSignal;
}

export interface Database {
  readonly connection: DuckDBConnection;
  /** Runs a statement for its effect. */
  run(sql: string): Promise<void>;
  /** Rows as plain objects; BIGINT arrives as bigint, so cast counts to DOUBLE. */
  rows(sql: string): Promise<readonly Readonly<Record<string, JS>>[]>;
}

/**
 * Opens a database in memory, runs `work`, and closes it whatever happens.
 * Tables spill uncompressed into `spillFolder`: a database file costs twice the processor time, for compressing what is read once.
 */
export async function withDatabase<T>(options: DatabaseOptions, work: (database: Database) => Promise<T>): Promise<T> {
  // Loads a large binary, which most of what imports this file never uses.
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: options.memoryLimit ?? '1GB',
    threads: String(options.threads ?? 2),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    ...(options.spillFolder === undefined ? {} : { temp_directory: options.spillFolder }),
  });
  const connection = await instance.connect();
  const interrupt = () => connection.interrupt();
  options.signal?.addEventListener('abort', interrupt);
  try {
    await connection.run("SET TimeZone = 'UTC'");
    return await work({
      connection,
      run: async (sql) => {
        await connection.run(sql);
      },
      rows: async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJS(),
    });
  } finally {
    options.signal?.removeEventListener('abort', interrupt);
    connection.closeSync();
    instance.closeSync();
  }
}

/** A string literal. */
export function sqlText(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** A quoted identifier. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
