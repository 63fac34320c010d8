// Why what a form sent was refused, in the form.
import { Alert } from 'antd';
import { useEffect, useRef } from 'react';
import { Words } from '@/parts/Values';
import { useWords } from './Refused';

/** Brings what has just appeared into sight. */
export function useSeen<T extends HTMLElement>() {
  const element = useRef<T>(null);
  // What it gives back, a promise in newer browsers, is not for React.
  useEffect(() => {
    void element.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  return element;
}

/** The refusal, brought into sight; nothing where there is none. */
export function RefusedForm({ error }: { error: unknown }) {
  return error ? <Refused error={error} /> : null;
}

function Refused({ error }: { error: unknown }) {
  const { title, detail } = useWords()(error);
  const element = useSeen<HTMLDivElement>();
  const description = detail && <Words of={detail} />;
  return (
    <div ref={element} className="form-alert">
      <Alert type="error" showIcon role="alert" title={title} description={description} />
    </div>
  );
}
