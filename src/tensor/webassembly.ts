/** What we use of WebAssembly's interface: TypeScript declares it for browsers only. */
export interface Memory {
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
  /** @throws RangeError */
  grow(pages: number): number;
}

export interface Module {
  readonly [Symbol.toStringTag]: string;
}

interface Interface {
  readonly Memory: new (limits: {
    readonly initial: number;
    readonly maximum: number;
    readonly shared?: boolean;
  }) => Memory;
  readonly Module: new (binary: Uint8Array) => Module;
  readonly Instance: new (
    module: Module,
    imports: { readonly env: { readonly memory: Memory } },
  ) => { readonly exports: Readonly<Record<string, unknown>> };
}

export const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: Interface };
