// Approving base images: images that are known here are taken as they are, by their layers.
import { useMutation } from '@tanstack/react-query';
import { Alert, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { ImagePicker } from '@/parts/images/ImagePicker';
import { RefusedForm } from '@/parts/RefusedForm';
import { type Base, type BaseSet, useKeep, withMore, write } from './list';

/** At most so many are approved at once, as each is asked for. */
const MOST = 20;

/** An image as a base: its name, what it runs on, its layers. */
async function baseOf(id: number): Promise<Base> {
  const params = { path: { id } };
  const [image, layers] = await Promise.all([
    data(api.GET('/api/v1/images/{id}', { params })),
    data(api.GET('/api/v1/images/{id}/layers', { params })),
  ]);
  return {
    name: image.name,
    digest: image.digest ?? null,
    platform: image.platform ?? null,
    layers: layers.map((layer) => layer.diff_id),
  };
}

/** Images whose layers are not known yet cannot be recognised in others. */
class Unknown extends Error {
  constructor(readonly names: string[]) {
    super(names.join(', '));
  }
}

type Dialog = { set: BaseSet | undefined; open: boolean; close: () => void };

/** The dialog. */
export function ApproveDialog({ set, open, close }: Dialog) {
  const { t } = useTranslation('bases');
  const [picked, setPicked] = useState<number[]>([]);
  const [remark, setRemark] = useState('');
  const keep = useKeep(close);
  const approve = useMutation({
    mutationFn: async () => {
      const more = await Promise.all(picked.map(baseOf));
      const unknown = more.filter((base) => base.layers.length === 0);
      if (unknown.length > 0) throw new Unknown(unknown.map((base) => base.name));
      const { bases, version } = set ?? { bases: [], version: 0 };
      await keep.mutateAsync({ content: write(withMore(bases, more)), remark, version });
    },
  });
  const { error } = approve;
  const forget = () => {
    setPicked([]);
    setRemark('');
    approve.reset();
  };
  return (
    <Modal
      open={open}
      width={860}
      title={t('approve')}
      okText={t('approveNow')}
      okButtonProps={{ disabled: picked.length === 0 || picked.length > MOST }}
      confirmLoading={approve.isPending}
      destroyOnHidden
      onOk={() => approve.mutate()}
      onCancel={close}
      afterClose={forget}
    >
      <p className="consequence">{t('approveHelp')}</p>
      {error instanceof Unknown && (
        <Alert
          type="error"
          showIcon
          title={t('unknownLayers', { names: error.names.join(', ') })}
          className="form-alert"
        />
      )}
      {error && !(error instanceof Unknown) && <RefusedForm error={error} />}
      <ImagePicker filter={{ multiple: false }} picked={picked} pick={setPicked} />
      {picked.length > MOST && <p className="consequence">{t('tooMany', { count: MOST })}</p>}
      <Form layout="vertical">
        <Form.Item label={t('remark')} htmlFor="bases-remark">
          <Input
            id="bases-remark"
            value={remark}
            maxLength={1024}
            onChange={(event) => setRemark(event.target.value)}
          />
        </Form.Item>
      </Form>
      <p className="consequence">{t('consequence')}</p>
    </Modal>
  );
}
