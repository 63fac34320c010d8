// What is fetched only when it is wanted.
import { type ComponentType, lazy, type ReactNode, Suspense, useState } from 'react';

/** A dialog or drawer whose program is fetched when it is opened first; it stays from then on, so that it can close calmly. */
export function Later({ open, children }: { open: boolean; children: ReactNode }) {
  const [wanted, setWanted] = useState(open);
  if (open && !wanted) setWanted(true);
  return wanted && <Suspense>{children}</Suspense>;
}

/** A component whose module is fetched when it is shown first. */
export function lately<Props>(load: () => Promise<ComponentType<Props>>) {
  return lazy(async () => ({ default: await load() }));
}
