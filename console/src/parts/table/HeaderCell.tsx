// A heading whose right edge is drawn to make its column wider or narrower, by pointer or arrow keys.
import { type HTMLAttributes, type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { fitting } from './columns';

const STEP = 16;

export type Resized = { wide?: number; name?: string; resize?: (width: number, done: boolean) => void };

/** A heading of a table. */
export function HeaderCell({ wide, name, resize, children, ...cell }: HTMLAttributes<HTMLTableCellElement> & Resized) {
  const { t } = useTranslation();
  const start = useRef<{ x: number; width: number }>(undefined);
  if (!resize || wide === undefined) return <th {...cell}>{children}</th>;

  const width = (event: PointerEvent) =>
    fitting((start.current?.width ?? wide) + event.clientX - (start.current?.x ?? 0));
  const handle = {
    onPointerDown(event: PointerEvent<HTMLElement>) {
      event.preventDefault();
      event.currentTarget.setPointerCapture(event.pointerId);
      start.current = { x: event.clientX, width: wide };
    },
    onPointerMove(event: PointerEvent) {
      if (start.current) resize(width(event), false);
    },
    onPointerUp(event: PointerEvent) {
      if (start.current) resize(width(event), true);
      start.current = undefined;
    },
    onKeyDown(event: KeyboardEvent) {
      const step = event.key === 'ArrowRight' ? STEP : event.key === 'ArrowLeft' ? -STEP : 0;
      if (step === 0) return;
      event.preventDefault();
      resize(fitting(wide + step), true);
    },
    onClick: (event: { stopPropagation(): void }) => event.stopPropagation(),
  };
  return (
    <th {...cell}>
      {children}
      {/* biome-ignore lint/a11y/useSemanticElements: a rule cannot be moved */}
      <span
        role="separator"
        aria-orientation="vertical"
        aria-label={t('columnWidth', { name })}
        aria-valuenow={wide}
        tabIndex={0}
        className="column-edge"
        {...handle}
      />
    </th>
  );
}
