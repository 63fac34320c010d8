// Filters that lists of an image share, and the bar that appears once something in them is picked.
import { Button, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { OneOf } from '@/parts/Choice';

type Origin = { value: boolean | undefined; choose: (fromBase: boolean | undefined) => void };

/** Whether it comes from the base image. */
export function OriginChoice({ value, choose }: Origin) {
  const { t } = useTranslation('image');
  return (
    <OneOf
      title={t('origin')}
      words={['yes', 'no'] as const}
      label={(word) => t(`origin_.${word}`)}
      value={value === undefined ? undefined : value ? 'yes' : 'no'}
      choose={(word) => choose(word && word === 'yes')}
    />
  );
}

/** The layer that a list is kept to, which is let go by its cross. */
export function LayerMark({ layer, clear }: { layer: number | undefined; clear: () => void }) {
  const { t } = useTranslation('image');
  if (layer === undefined) return null;
  return (
    <Tag closable={{ 'aria-label': t('clear') }} onClose={clear}>
      {t('layerNumber', { number: layer + 1 })}
    </Tag>
  );
}

type Picked = {
  words: string;
  clear: () => void;
  decide: () => void;
  decideWords: string;
  /** Whether there is nothing to decide about in what is picked. */
  none?: boolean;
};

/** What is picked, and deciding about it. */
export function PickedBar({ words, clear, decide, decideWords, none }: Picked) {
  const { t } = useTranslation('image');
  return (
    <section className="batch" aria-label={t('images:batch')}>
      <strong>{words}</strong>
      <Button type="link" size="small" onClick={clear}>
        {t('clear')}
      </Button>
      <span className="grow" />
      <Button type="primary" disabled={none} onClick={decide}>
        {decideWords}
      </Button>
    </section>
  );
}
