// Handing in an image archive: the file, what its image is called, how far it is.
import { InboxOutlined } from '@ant-design/icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Form, Input, Modal, Progress, Upload } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { RefusedForm } from '@/parts/RefusedForm';
import { Bytes, Name } from '@/parts/Values';
import { upload } from './upload';

const isStopped = (error: unknown) => error instanceof DOMException && error.name === 'AbortError';

/** Sends archives, and tells how far it is. */
function useUpload(done: () => void) {
  const { t } = useTranslation('archives');
  const { message } = App.useApp();
  const client = useQueryClient();
  const [percent, setPercent] = useState(0);
  const stop = useRef<AbortController>(undefined);
  const send = useMutation({
    mutationFn: ({ file, name }: { file: File; name?: string }) => {
      stop.current = new AbortController();
      setPercent(0);
      return upload({ file, name, progress: setPercent, stop: stop.current.signal });
    },
    onSuccess: ({ images }) => {
      message.success(t('taken', { count: images.length }));
      done();
      void client.invalidateQueries({ queryKey: ['images'] });
      void client.invalidateQueries({ queryKey: ['tasks'] });
    },
  });
  return { send, percent, stop: () => stop.current?.abort() };
}

/** The dialog. */
export function UploadDialog({ open, close }: { open: boolean; close: () => void }) {
  const { t } = useTranslation('archives');
  const [file, setFile] = useState<File>();
  const [name, setName] = useState('');
  const { send, percent, stop } = useUpload(close);
  const forget = () => {
    setFile(undefined);
    setName('');
    send.reset();
  };
  return (
    <Modal
      open={open}
      title={t('upload')}
      okText={t('send')}
      // Of a dialog that is told to wait the library hears no way out, and an upload can be given up.
      okButtonProps={{ disabled: !file, loading: send.isPending }}
      mask={{ closable: false }}
      destroyOnHidden
      onOk={() => file && send.mutate({ file, name: name.trim() || undefined })}
      onCancel={() => {
        stop();
        close();
      }}
      afterClose={forget}
    >
      <Form layout="vertical">
        {send.error && !isStopped(send.error) && <RefusedForm error={send.error} />}
        <Form.Item>
          <Upload.Dragger
            accept=".tar,.gz,.tgz,.zst,.bz2,.xz"
            maxCount={1}
            showUploadList={false}
            disabled={send.isPending}
            beforeUpload={(chosen) => {
              setFile(chosen);
              return false;
            }}
          >
            <p className="ant-upload-drag-icon">
              <InboxOutlined />
            </p>
            {file ? <FileName file={file} /> : <p className="ant-upload-text">{t('drop')}</p>}
            <p className="ant-upload-hint">{t('dropHelp')}</p>
          </Upload.Dragger>
        </Form.Item>
        {send.isPending && <Progress percent={percent} status="active" aria-label={t('progress')} />}
        {send.isPending && percent === 100 && <p className="consequence">{t('examining')}</p>}
        <Form.Item label={t('name')} extra={t('nameHelp')} htmlFor="archive-name">
          <Input
            id="archive-name"
            value={name}
            maxLength={512}
            placeholder="shop/api:1.4"
            disabled={send.isPending}
            onChange={(event) => setName(event.target.value)}
          />
        </Form.Item>
        <p className="consequence">{t('uploadHelp')}</p>
      </Form>
    </Modal>
  );
}

function FileName({ file }: { file: File }) {
  return (
    <p className="ant-upload-text upload-name">
      <Name of={file.name} strong />
      <Bytes size={file.size} />
    </p>
  );
}
