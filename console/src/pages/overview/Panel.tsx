// A part of the overview.
import { type ReactNode, useRef } from 'react';
import { useSeen } from '@/parts/useSeen';

type Part = {
  title: string;
  extra?: ReactNode;
  wide?: boolean;
  children: ReactNode;
};

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

/** What a part further down holds: it asks for nothing until somebody comes near it. */
export function Below({ children }: { children: ReactNode }) {
  const ref = useRef<HTMLDivElement>(null);
  const seen = useSeen(ref);
  return seen ? children : <div ref={ref} className="panel-below" />;
}
