import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { OnewayClient } from '../../../src/client/index.ts';
import type { Place } from '../logic/place.ts';

/** What every view is given. */
export interface Explorer {
  readonly place: Place;
  /** Goes elsewhere, with an entry in the browser's history. */
  readonly go: (place: Place) => void;
  /** Changes the place without one: for what is being typed. */
  readonly amend: (place: Place) => void;
  /** Whether anything was gone to since the page was loaded: then the new heading takes the focus. */
  readonly moved: { readonly current: boolean };
  readonly service: OnewayClient;
  /** Rises when the service is asked differently (another key), so that everything is asked again. */
  readonly epoch: number;
  /** Tells those who listen rather than look. */
  readonly announce: (text: string) => void;
  readonly openKeys: () => void;
}

export const ExplorerContext = createContext<Explorer | null>(null);

export function useExplorer(): Explorer {
  const explorer = useContext(ExplorerContext);
  if (explorer === null) throw new Error('There is no explorer around this.');
  return explorer;
}
