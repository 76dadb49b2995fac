/** hnswlib-node's default export: under ESM its named exports exist in the types only. */
export type HnswModule = typeof import('hnswlib-node');
export type HnswGraph = InstanceType<HnswModule['HierarchicalNSW']>;

/** hnswlib-node, or null where it is not installed or was not compiled. Then exact search serves. */
export async function loadHnsw(): Promise<HnswModule | null> {
  try {
    return (await import('hnswlib-node')).default;
  } catch {
    return null;
  }
}
