// A dialog that is a form: sends what was filled in, and says in it why that was refused.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Form, Modal } from 'antd';
import type { ReactNode } from 'react';
import { RefusedForm } from './RefusedForm';

type Dialog<Wanted, Result> = {
  open: boolean;
  title: ReactNode;
  okText: string;
  danger?: boolean;
  width?: number;
  /** What is filled in at first. */
  initial?: Partial<Wanted>;
  send: (wanted: Wanted) => Promise<Result>;
  /** The first words of what is asked for again. */
  changes: string[];
  /** What is said when it went well, where the dialog does not tell it otherwise. */
  said?: string;
  done?: (result: Result) => void;
  close: () => void;
  children: ReactNode;
};

/** The dialog. */
export function FormDialog<Wanted extends object, Result>(dialog: Dialog<Wanted, Result>) {
  const { open, title, okText, danger, width = 560, initial, send, changes, said, done, close, children } = dialog;
  const [form] = Form.useForm<Wanted>();
  const { message } = App.useApp();
  const client = useQueryClient();
  const sending = useMutation({
    mutationFn: send,
    onSuccess: (result) => {
      close();
      if (said) message.success(said);
      done?.(result);
      for (const name of changes) void client.invalidateQueries({ queryKey: [name] });
    },
  });
  return (
    <Modal
      open={open}
      width={width}
      title={title}
      okText={okText}
      okButtonProps={{ danger }}
      confirmLoading={sending.isPending}
      destroyOnHidden
      afterClose={sending.reset}
      onOk={form.submit}
      onCancel={close}
    >
      <Form<Wanted>
        form={form}
        clearOnDestroy
        layout="vertical"
        initialValues={initial}
        onFinish={(wanted) => sending.mutate(wanted)}
      >
        <RefusedForm error={sending.error} />
        {children}
      </Form>
    </Modal>
  );
}
