// What an image is: where it is from, how large, of what it is made.
import { useTranslation } from 'react-i18next';
import { Bytes, Count, Digest, Name, Time } from '@/parts/Values';
import { type Fact, Facts } from './Facts';
import type { ImageDetail } from './ImageView';
import { ImageLink } from './links';

/** The facts. */
export function ImageFacts({ image }: { image: ImageDetail }) {
  const { t } = useTranslation('image');
  const { registry } = image;
  const facts: Fact[] = [
    { key: 'imageId', title: t('images:column.imageId'), value: image.image_id && <Digest of={image.image_id} /> },
    { key: 'digest', title: t('images:column.digest'), value: image.digest && <Digest of={image.digest} /> },
    { key: 'size', title: t('images:column.size'), value: image.size > 0 && <Bytes size={image.size} /> },
    { key: 'os', title: t('images:column.os'), value: image.os && <Name of={image.os} /> },
    { key: 'platform', title: t('images:column.platform'), value: image.platform && <Name of={image.platform} /> },
    { key: 'built', title: t('images:column.built'), value: image.built && <Time at={image.built} /> },
    { key: 'scanned', title: t('images:column.scanned'), value: image.scanned && <Time at={image.scanned} /> },
    { key: 'added', title: t('images:column.added'), value: <Time at={image.first_seen} /> },
    { key: 'author', title: t('author'), value: image.author && <Name of={image.author} /> },
    {
      key: 'components',
      title: t('images:column.components'),
      value: image.scanned && <Count of={image.components} />,
    },
    {
      key: 'registry',
      title: t('images:column.registry'),
      value: registry && <Name of={[registry.name, registry.namespace].filter(Boolean).join(' / ')} />,
    },
    { key: 'pushed', title: t('images:column.pushed'), value: registry?.pushed && <Time at={registry.pushed} /> },
    { key: 'owner', title: t('images:column.owner'), value: registry?.owner && <Name of={registry.owner} /> },
    {
      key: 'shared',
      title: t('images:column.sharedUntil'),
      value: registry?.shared_until && <Time at={registry.shared_until} />,
    },
    { key: 'gone', title: t('images:goneMark'), value: image.gone && <Time at={image.gone} /> },
    {
      key: 'same',
      title: t('sameContent'),
      value: image.same_content.length > 0 && <Same image={image} />,
      wide: true,
    },
  ];
  return <Facts facts={facts.filter(({ value }) => value)} />;
}

/** Other names of the same content. */
function Same({ image }: { image: ImageDetail }) {
  return (
    <ul className="same">
      {image.same_content.map(({ id, name }) => (
        <li key={id}>
          <ImageLink id={id}>
            <Name of={name} />
          </ImageLink>
        </li>
      ))}
    </ul>
  );
}
