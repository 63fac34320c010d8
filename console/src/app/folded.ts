// Whether the menu is folded: kept in this browser, as the look is, since it is about the screen that one sits at.
import { useState } from 'react';

const KEY = 'lazaret.menu';

/** Whether the menu is folded, and how to fold it. */
export function useFolded(): [folded: boolean, fold: (folded: boolean) => void] {
  const [folded, setFolded] = useState(() => localStorage.getItem(KEY) === 'folded');
  const fold = (next: boolean) => {
    localStorage.setItem(KEY, next ? 'folded' : 'open');
    setFolded(next);
  };
  return [folded, fold];
}
