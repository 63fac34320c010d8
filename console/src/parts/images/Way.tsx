// A number of an image, which leads to what it counts.
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { Count } from '@/parts/Values';

type Image = Schemas['Image'];

/** Opens an image at one of its tabs. */
export type OpenTab = (image: Image, tab: string) => void;

type Counted = {
  image: Image;
  /** The tab. */
  to: string;
  count: number;
  /** What is counted. */
  title: string;
  /** None where an image cannot be opened from. */
  open: OpenTab | undefined;
  /** What is shown in the place of the number. */
  children?: ReactNode;
};

/** The number; where there is nothing, there is no way. */
export function Way({ image, to, count, title, open, children = <Count of={count} /> }: Counted) {
  const { t } = useTranslation('images');
  if (!open || count === 0) return <>{children}</>;
  return (
    <Button
      type="link"
      size="small"
      className="inline-button"
      aria-label={t('kindCount', { kind: title, count })}
      onClick={() => open(image, to)}
    >
      {children}
    </Button>
  );
}
