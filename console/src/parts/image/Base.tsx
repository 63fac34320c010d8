// The image that this one is built from, and what is wrong about that.
import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import { Digest, Name } from '@/parts/Values';
import { Facts } from './Facts';
import { Findings } from './Findings';
import type { ImageDetail } from './ImageView';

/** The tab. */
export function Base({ image }: { image: ImageDetail }) {
  const { t } = useTranslation('image');
  const { base } = image;
  return (
    <>
      {base ? (
        <Facts
          facts={[
            { key: 'name', title: t('base'), value: base.name ? <Name of={base.name} strong /> : t('baseUnnamed') },
            { key: 'digest', title: t('images:column.digest'), value: base.digest && <Digest of={base.digest} /> },
            {
              key: 'layers',
              title: t('baseLayers'),
              value: t('layersOf', { count: base.layers, all: image.layers ?? 0 }),
            },
            { key: 'evidence', title: t('knownBy'), value: t(`baseEvidence.${base.evidence}`) },
          ]}
        />
      ) : (
        <Alert type="info" showIcon title={t('noBase')} className="gaps" />
      )}
      <Findings image={image} kind="base-image" />
    </>
  );
}
