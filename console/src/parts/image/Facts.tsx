// Facts of a thing, each with its name.
import { createContext, type ReactNode, useContext } from 'react';
import { visible } from '@/parts/visible';
import './style.css';
import { Code } from '@/parts/Values';

export type Fact = { key: string; title: string; value: ReactNode; wide?: boolean };

/** The facts; what is undefined or null is left out. */
export function Facts({ facts }: { facts: Fact[] }) {
  return (
    <dl className="facts">
      {facts
        .filter(({ value }) => value !== undefined && value !== null && value !== '')
        .map(({ key, title, value, wide }) => (
          <div key={key} className={wide ? 'fact fact-wide' : 'fact'}>
            <dt>{title}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** How deep headings are: below the title of a page, or below that of a drawer. */
export const Depth = createContext<'h2' | 'h3'>('h2');

/** A part of a page under its heading. */
export function Block({ title, more, children }: { title: ReactNode; more?: ReactNode; children: ReactNode }) {
  const Heading = useContext(Depth);
  return (
    <section className="block">
      <div className="block-head">
        <Heading>{title}</Heading>
        {more}
      </div>
      {children}
    </section>
  );
}

/** Lines of code or paths, one below the other. */
export function Lines({ of }: { of: string[] }) {
  return (
    <ul className="lines">
      {of.map((line, at) => (
        <li key={at}>
          <Code of={line} />
        </li>
      ))}
    </ul>
  );
}

/** A text with `code` in it. */
export function Prose({ of }: { of: string }) {
  return (
    <p className="prose">
      {visible(of)
        .split('`')
        .map((part, at) => (at % 2 === 1 ? <code key={at}>{part}</code> : part))}
    </p>
  );
}
