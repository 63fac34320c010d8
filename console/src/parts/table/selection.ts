// What is picked in a list: some rows, or everything that fits the filter but some rows.
import { useCallback, useEffect, useState } from 'react';

export type Selection = {
  /** Everything that fits the filter, but `ids`. */
  all: boolean;
  ids: ReadonlySet<number>;
};

const NOTHING: Selection = { all: false, ids: new Set() };

export type Picker = {
  selection: Selection;
  has(id: number): boolean;
  /** Whether anything is picked. */
  some: boolean;
  /** How many are picked of as many as there are. */
  count(total: number | undefined): number | undefined;
  pick(ids: number[], picked: boolean): void;
  pickAll(): void;
  clear(): void;
};

/** What is picked; another filter begins anew. */
export function useSelection(filter: unknown): Picker {
  const [selection, setSelection] = useState(NOTHING);
  const key = JSON.stringify(filter);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another filter, nothing picked
  useEffect(() => {
    setSelection(NOTHING);
  }, [key]);
  const pick = useCallback((ids: number[], picked: boolean) => {
    setSelection((before) => {
      const next = new Set(before.ids);
      for (const id of ids) {
        if (picked !== before.all) next.add(id);
        else next.delete(id);
      }
      return { ...before, ids: next };
    });
  }, []);
  const { all, ids } = selection;
  return {
    selection,
    has: (id) => all !== ids.has(id),
    some: all || ids.size > 0,
    count: (total) => (all ? total && Math.max(0, total - ids.size) : ids.size),
    pick,
    pickAll: useCallback(() => setSelection({ all: true, ids: new Set() }), []),
    clear: useCallback(() => setSelection(NOTHING), []),
  };
}

/** What is picked as requests name it: images, or a filter with what is left out. */
export function asked<Filter>(
  { all, ids }: Selection,
  filter: Filter,
): { images: number[] } | { filter: Filter; exclude: number[] } {
  return all ? { filter, exclude: [...ids] } : { images: [...ids] };
}
