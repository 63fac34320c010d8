// Times, sizes, digests and numbers, written as people read them.
import { CheckOutlined, CopyOutlined } from '@ant-design/icons';
import { Button, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { visible } from './visible';

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000_000],
  ['month', 2_592_000_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];
const BYTES = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** A time, as far from now as it is. */
export function relative(at: number, now: number, language: string): string {
  const apart = at - now;
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const unit = UNITS.find(([, length]) => Math.abs(apart) >= length);
  return unit ? format.format(Math.trunc(apart / unit[1]), unit[0]) : format.format(0, 'minute');
}

/** A time in full, in the zone of who looks. */
export function full(at: number, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' }).format(at);
}

/** A time; `at` is milliseconds since 1970, or what RFC 3339 writes. */
export function Time({ at, whole }: { at: number | string | null | undefined; whole?: boolean }) {
  const { i18n } = useTranslation();
  const time = typeof at === 'string' ? Date.parse(at) : at;
  if (!time) return <span className="quiet">—</span>;
  const written = full(time, i18n.language);
  if (whole) return <time dateTime={new Date(time).toISOString()}>{written}</time>;
  return (
    <Tooltip title={written}>
      <time dateTime={new Date(time).toISOString()}>{relative(time, Date.now(), i18n.language)}</time>
    </Tooltip>
  );
}

/** So many bytes, in the unit that fits. */
export function bytes(size: number, language: string): string {
  const power = Math.min(BYTES.length - 1, size > 0 ? Math.floor(Math.log2(size) / 10) : 0);
  const value = size / 1024 ** power;
  const digits = power > 0 && value < 100 ? 1 : 0;
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value)} ${BYTES[power]}`;
}

export function Bytes({ size }: { size: number | null | undefined }) {
  const { i18n } = useTranslation();
  if (size === null || size === undefined) return <span className="quiet">—</span>;
  return <span className="number">{bytes(size, i18n.language)}</span>;
}

/** A number with the separators of the language. */
export function Count({ of }: { of: number | null | undefined }) {
  const { i18n } = useTranslation();
  if (of === null || of === undefined) return <span className="quiet">—</span>;
  return <span className="number">{new Intl.NumberFormat(i18n.language).format(of)}</span>;
}

/** Copies a text. */
export function Copy({ text, name }: { text: string; name?: string }) {
  const { t } = useTranslation();
  const [done, setDone] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    window.setTimeout(() => setDone(false), 1500);
  };
  return (
    <Tooltip title={done ? t('copied') : t('copy')}>
      <Button
        type="text"
        size="small"
        className="copy"
        icon={done ? <CheckOutlined /> : <CopyOutlined />}
        aria-label={name ? t('copyName', { name }) : t('copy')}
        onClick={(event) => {
          event.stopPropagation();
          void copy();
        }}
      />
    </Tooltip>
  );
}

/** The first characters of a digest, all of it on the pointer. */
export function Digest({ of, whole }: { of: string | null | undefined; whole?: boolean }) {
  if (!of) return <span className="quiet">—</span>;
  const hash = of.replace(/^sha\d+:/, '');
  return (
    <span className="digest">
      <Tooltip title={whole ? undefined : of}>
        <code>{whole ? of : hash.slice(0, 12)}</code>
      </Tooltip>
      <Copy text={of} />
    </span>
  );
}

/** A name that a stranger gave, on one line that is cut off where room ends; all of it is on the pointer. */
export function Name({ of, strong }: { of: string | null | undefined; strong?: boolean }) {
  if (!of) return <span className="quiet">—</span>;
  return (
    <Tooltip title={<Words of={of} />} mouseEnterDelay={0.5}>
      <bdi dir="ltr" className={strong ? 'name name-strong' : 'name'}>
        {visible(of)}
      </bdi>
    </Tooltip>
  );
}

/** The name of an image: where room ends, what stands before the last slash gives way first. */
export function ImageName({ of }: { of: string }) {
  const slash = of.lastIndexOf('/') + 1;
  return (
    <Tooltip title={<Words of={of} />} mouseEnterDelay={0.5}>
      <bdi dir="ltr" className="whole-name">
        {slash > 0 && <span className="name-start">{visible(of.slice(0, slash))}</span>}
        <span className="name-end">{visible(of.slice(slash))}</span>
      </bdi>
    </Tooltip>
  );
}

/** What a stranger wrote, whole, in the direction it is written in; it does not turn what stands beside it. */
export function Words({ of, quiet }: { of: string | null | undefined; quiet?: boolean }) {
  return <bdi className={quiet ? 'wrap quiet' : 'wrap'}>{visible(of ?? '')}</bdi>;
}

/** Commands and paths, whole: their parts stay in order whatever they are called. */
export function Code({ of, className = 'wrap' }: { of: string | null | undefined; className?: string }) {
  return (
    <bdi dir="ltr">
      <code className={className}>{visible(of ?? '')}</code>
    </bdi>
  );
}
