// A part of the overview.
import type { ReactNode } from 'react';

type Part = { title: string; extra?: ReactNode; wide?: boolean; children: ReactNode };

/** A part with its title, and what can be chosen or opened beside it. */
export function Panel({ title, extra, wide, children }: Part) {
  return (
    <section className={wide ? 'panel panel-wide' : 'panel'} aria-label={title}>
      <header className="panel-head">
        <h2>{title}</h2>
        {extra}
      </header>
      {children}
    </section>
  );
}
