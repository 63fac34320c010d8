// Ways to images, risks and the pages of others.
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import './style.css';
import { Words } from '@/parts/Values';
import { visible } from '@/parts/visible';

type To = { id: number; children: ReactNode; tab?: string; finding?: string; within?: string };

/** A way to the page of an image. */
export function ImageLink({ id, children, ...search }: To) {
  return (
    <Link to={'/images/$id' as '/'} params={{ id: `${id}` } as never} search={search as never} className="plain-link">
      {children}
    </Link>
  );
}

/** A way to what is wrong, across images. */
export function RiskLink({
  kind,
  rule,
  children,
}: {
  kind: Schemas['FindingKind'];
  rule: string;
  children: ReactNode;
}) {
  return (
    <Link to={'/risks/$kind/$rule' as '/'} params={{ kind, rule } as never} className="plain-link">
      {children}
    </Link>
  );
}

/** A link out of the console, where it is one that a browser may follow; its text otherwise. */
export function Outside({ to }: { to: string }) {
  const { t } = useTranslation('image');
  if (!/^https?:\/\//i.test(to)) return <Words of={to} />;
  return (
    <a href={to} target="_blank" rel="noreferrer noopener" title={t('opensOutside')} className="wrap">
      {visible(to)}
    </a>
  );
}

/** Links out of the console, one below the other. */
export function References({ of }: { of: string[] }) {
  return (
    <ul className="lines">
      {[...new Set(of)].map((url) => (
        <li key={url}>
          <Outside to={url} />
        </li>
      ))}
    </ul>
  );
}
