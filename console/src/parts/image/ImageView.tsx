// One image: what it is, what is wrong with it, and what it is made of.
import { useQuery } from '@tanstack/react-query';
import { Button, Skeleton } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { useFields } from '@/app/url';
import { Again } from '@/parts/Refused';
import { Depth } from './Facts';
import { FindingDrawer } from './FindingDrawer';
import { Head } from './Head';
import { ImageFacts } from './ImageFacts';
import { Platforms } from './Platforms';
import './style.css';
import { ImageTabs } from './Tabs';
import { OPEN } from './within';

export type ImageDetail = Schemas['ImageDetail'];

/** Everything that is known of an image. */
export function useImage(id: number) {
  return useQuery({
    queryKey: ['images', 'one', id],
    queryFn: () => data(api.GET('/api/v1/images/{id}', { params: { path: { id } } })),
  });
}

/** The image; `close` is there where it lies above a list. */
export default function ImageView({ id, close }: { id: number; close?: () => void }) {
  const { t } = useTranslation('image');
  const { data: image, error, refetch } = useImage(id);
  const [open, setOpen] = useFields(OPEN);
  if (error) {
    return (
      <div className="image-view">
        <Again error={error} again={refetch} />
        {close && <Button onClick={close}>{t('close')}</Button>}
      </div>
    );
  }
  if (!image) return <Skeleton active className="image-view" />;
  return (
    <Depth value={close ? 'h3' : 'h2'}>
      <article className="image-view">
        <Head image={image} close={close} />
        <ImageFacts image={image} />
        {image.multiple ? <Platforms image={image} inDrawer={close !== undefined} /> : <ImageTabs image={image} />}
        <FindingDrawer image={image} fingerprint={open.finding} close={() => setOpen({ finding: undefined })} />
      </article>
    </Depth>
  );
}
