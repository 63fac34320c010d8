// Making a schedule, or changing one.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Form, Input, Skeleton, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { FormDrawer } from '@/parts/FormDrawer';
import type { Schedule } from './columns';
import { PaceFields } from './PaceFields';
import { RhythmFields } from './RhythmFields';
import { ScopeFields } from './ScopeFields';
import { bodyOf, initial, type MAKE, type Values, valuesOf } from './values';

/** Saves a schedule: a new one, or one that is there. */
function useSave(schedule: Schedule | undefined, close: () => void) {
  const { t } = useTranslation('schedules');
  const { message } = App.useApp();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (values: Values) => {
      const body = bodyOf(values, schedule);
      if (!schedule) return data(api.POST('/api/v1/schedules', { body }));
      return data(api.PATCH('/api/v1/schedules/{id}', { params: { path: { id: schedule.id } }, body }));
    },
    onSuccess: (saved) => {
      message.success(t(schedule ? 'changed' : 'made', { name: saved.name }));
      void client.invalidateQueries({ queryKey: ['schedules'] });
      close();
    },
  });
}

type Sheet = {
  /** The schedule that is changed. */
  id: number | undefined;
  /** Where the images of a new one are. */
  make: (typeof MAKE)[number] | undefined;
  /** Who may not change schedules sees them all the same. */
  mayChange: boolean;
  close: () => void;
};

/** The drawer. */
export function ScheduleForm({ id, make, mayChange, close }: Sheet) {
  const { t } = useTranslation('schedules');
  const [form] = Form.useForm<Values>();
  const { data: schedule, error: missing } = useQuery({
    queryKey: ['schedules', 'one', id],
    queryFn: () => data(api.GET('/api/v1/schedules/{id}', { params: { path: { id: id ?? 0 } } })),
    enabled: id !== undefined,
  });
  const leave = () => {
    save.reset();
    close();
  };
  const save = useSave(schedule, leave);
  const ready = id === undefined || schedule !== undefined;
  const needed = { required: true, whitespace: true, message: t('required') };
  return (
    <FormDrawer
      open={id !== undefined || (make !== undefined && mayChange)}
      title={schedule ? t('changeTitle', { name: schedule.name }) : t('make')}
      error={missing ?? save.error}
      saving={save.isPending}
      save={mayChange ? form.submit : undefined}
      close={leave}
    >
      {ready ? (
        <Form<Values>
          key={id ?? make}
          form={form}
          clearOnDestroy
          layout="vertical"
          disabled={!mayChange}
          initialValues={schedule ? valuesOf(schedule) : initial(make ?? 'all')}
          onFinish={() => save.mutate(form.getFieldsValue(true) as Values)}
          scrollToFirstError
        >
          <div className="form-row">
            <Form.Item name="name" label={t('column.name')} rules={[needed]} className="grow">
              <Input maxLength={100} autoComplete="off" />
            </Form.Item>
            <Form.Item name="enabled" label={t('column.enabled')} valuePropName="checked" required>
              <Switch />
            </Form.Item>
          </div>
          <RhythmFields />
          <ScopeFields />
          <PaceFields />
        </Form>
      ) : (
        <Skeleton active />
      )}
    </FormDrawer>
  );
}
