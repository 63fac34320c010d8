// Light or dark: chosen here, kept in this browser, and following the system until then.
import { createContext, useContext, useEffect, useState } from 'react';
import { isDark, type Look } from './theme';

const KEY = 'lazaret.look';

type Chosen = { look: Look; dark: boolean; choose(look: Look): void };

function kept(): Look {
  const look = localStorage.getItem(KEY);
  return look === 'light' || look === 'dark' ? look : 'system';
}

/** The look, and how to choose another. */
export function useLook(): Chosen {
  const [look, setLook] = useState(kept);
  const [dark, setDark] = useState(isDark(look));
  useEffect(() => {
    const follow = () => setDark(isDark(look));
    follow();
    const system = matchMedia('(prefers-color-scheme: dark)');
    system.addEventListener('change', follow);
    return () => system.removeEventListener('change', follow);
  }, [look]);
  useEffect(() => {
    document.documentElement.dataset.look = dark ? 'dark' : 'light';
  }, [dark]);
  return {
    look,
    dark,
    choose(next) {
      localStorage.setItem(KEY, next);
      setLook(next);
    },
  };
}

/** The look of the console. */
export const LookContext = createContext<Chosen>({ look: 'system', dark: false, choose() {} });

/** The look that holds, anywhere below the console. */
export function useChosenLook(): Chosen {
  return useContext(LookContext);
}
