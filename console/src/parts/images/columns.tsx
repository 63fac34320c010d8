// What lists of images can show of each.
import { Tag, Tooltip } from 'antd';
import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { SeverityBar, SeverityTag } from '@/parts/Severity';
import { Status } from '@/parts/Status';
import type { Column } from '@/parts/table/columns';
import { Bytes, Count, Digest, ImageName, Name, Time } from '@/parts/Values';
import { KINDS } from './filters';
import { type OpenTab, Way } from './Way';

export type Image = Schemas['Image'];

/** The number of findings of a kind. */
export function found(image: Image, kind: (typeof KINDS)[number]): number {
  return kind === 'base-image' ? image.findings.base_image : image.findings[kind];
}

/** Which kinds of risk an image has. */
export function RiskKinds({ image }: { image: Image }) {
  const { t } = useTranslation('images');
  const kinds = KINDS.filter((kind) => found(image, kind) > 0);
  if (kinds.length === 0) return <span className="quiet">{image.scanned ? t('nothingFound') : '—'}</span>;
  return (
    <span className="kinds">
      {kinds.map((kind) => (
        <Tooltip key={kind} title={t('kindCount', { kind: t(`kind.${kind}`), count: found(image, kind) })}>
          <Tag className={`kind kind-${kind}`}>{t(`kindShort.${kind}`)}</Tag>
        </Tooltip>
      ))}
    </span>
  );
}

/** Marks beside the name: what makes an image deserve a look. */
function Marks({ image }: { image: Image }) {
  const { t } = useTranslation('images');
  const reasons = image.focus_reasons.map((reason) => t(`focusReason.${reason}`)).join(' · ');
  return (
    <>
      {image.focus && (
        <Tooltip title={reasons}>
          <Tag color="red">{t('focusMark')}</Tag>
        </Tooltip>
      )}
      {image.multiple && <Tag>{t('multiple')}</Tag>}
      {image.gone && <Tag>{t('goneMark')}</Tag>}
    </>
  );
}

const os = (image: Image) => [image.distribution ?? image.os, image.distribution_version].filter(Boolean).join(' ');

function shared(t: TFunction, open?: OpenTab): Column<Image>[] {
  return [
    {
      key: 'name',
      title: t('column.name'),
      width: 300,
      pinned: true,
      sort: 'name',
      render: (image) => (
        <span className="image-name">
          <ImageName of={image.name} />
          <Marks image={image} />
        </span>
      ),
    },
    {
      key: 'status',
      title: t('column.status'),
      width: 128,
      render: (image) => (
        <Status of={image.status} percent={image.progress} failure={image.failure ?? image.unscannable} />
      ),
    },
    {
      key: 'risk',
      title: t('column.risk'),
      help: t('column.riskHelp'),
      width: 92,
      sort: 'risk',
      render: (image) =>
        image.risk === 'none' ? <span className="tone-good">{t('clean')}</span> : <SeverityTag severity={image.risk} />,
    },
    {
      key: 'severities',
      title: t('column.severities'),
      width: 206,
      render: (image) => (image.scanned ? <SeverityBar counts={image.severities} /> : <span className="quiet">—</span>),
    },
    { key: 'kinds', title: t('column.kinds'), width: 264, render: (image) => <RiskKinds image={image} /> },
    {
      key: 'repository',
      title: t('column.repository'),
      width: 200,
      usual: false,
      render: (image) => <Name of={image.repository} />,
    },
    { key: 'tag', title: t('column.tag'), width: 120, usual: false, render: (image) => <Name of={image.tag} /> },
    { key: 'os', title: t('column.os'), width: 130, render: (image) => <Name of={os(image)} /> },
    {
      key: 'platform',
      title: t('column.platform'),
      width: 120,
      usual: false,
      render: (image) => <Name of={image.platform} />,
    },
    {
      key: 'size',
      title: t('column.size'),
      width: 96,
      sort: 'size',
      align: 'right',
      render: (image) => <Bytes size={image.size} />,
    },
    {
      key: 'components',
      title: t('column.components'),
      width: 110,
      sort: 'components',
      align: 'right',
      render: (image) => (
        <Way image={image} to="software" count={image.components} title={t('column.components')} open={open} />
      ),
    },
    {
      key: 'fixable',
      title: t('column.fixable'),
      help: t('column.fixableHelp'),
      width: 96,
      usual: false,
      align: 'right',
      render: (image) => <Count of={image.fixable} />,
    },
    {
      key: 'exploited',
      title: t('column.exploited'),
      help: t('column.exploitedHelp'),
      width: 110,
      usual: false,
      align: 'right',
      render: (image) => <Count of={image.exploited} />,
    },
    {
      key: 'gaps',
      title: t('column.gaps'),
      help: t('column.gapsHelp'),
      width: 84,
      usual: false,
      align: 'right',
      render: (image) => <Count of={image.gaps} />,
    },
    {
      key: 'ignored',
      title: t('column.ignored'),
      width: 96,
      usual: false,
      align: 'right',
      render: (image) => <Count of={image.ignored} />,
    },
    {
      key: 'built',
      title: t('column.built'),
      width: 130,
      sort: 'built',
      usual: false,
      render: (image) => <Time at={image.built} />,
    },
    {
      key: 'scanned',
      title: t('column.scanned'),
      width: 130,
      sort: 'scanned',
      render: (image) => <Time at={image.scanned} />,
    },
    {
      key: 'added',
      title: t('column.added'),
      width: 130,
      sort: 'added',
      usual: false,
      render: (image) => <Time at={image.first_seen} />,
    },
    {
      key: 'seen',
      title: t('column.seen'),
      width: 130,
      sort: 'seen',
      usual: false,
      render: (image) => <Time at={image.last_seen} />,
    },
    {
      key: 'image_id',
      title: t('column.imageId'),
      width: 150,
      usual: false,
      render: (image) => <Digest of={image.image_id} />,
    },
    {
      key: 'digest',
      title: t('column.digest'),
      width: 150,
      usual: false,
      render: (image) => <Digest of={image.digest} />,
    },
    {
      key: 'authorised',
      title: t('column.authorised'),
      width: 104,
      usual: false,
      render: (image) => t(image.authorised ? 'yes' : 'no'),
    },
  ];
}

function local(t: TFunction, open?: OpenTab): Column<Image>[] {
  return [
    {
      key: 'hosts',
      title: t('column.hosts'),
      width: 84,
      sort: 'hosts',
      align: 'right',
      render: (image) => <Way image={image} to="hosts" count={image.hosts} title={t('column.hosts')} open={open} />,
    },
    {
      key: 'containers',
      title: t('column.containers'),
      help: t('column.containersHelp'),
      width: 110,
      sort: 'containers',
      align: 'right',
      render: (image) => (
        <Way image={image} to="containers" count={image.containers} title={t('column.containers')} open={open}>
          <span className="number">
            {image.running > 0 ? <strong>{image.running}</strong> : 0} / {image.containers}
          </span>
        </Way>
      ),
    },
  ];
}

function registry(t: TFunction): Column<Image>[] {
  return [
    { key: 'registry', title: t('column.registry'), width: 160, render: (image) => <Name of={image.registry?.name} /> },
    {
      key: 'namespace',
      title: t('column.namespace'),
      width: 130,
      render: (image) => <Name of={image.registry?.namespace} />,
    },
    {
      key: 'registry_kind',
      title: t('column.registryKind'),
      width: 120,
      usual: false,
      render: (image) => <Name of={image.registry?.kind} />,
    },
    { key: 'pushed', title: t('column.pushed'), width: 130, render: (image) => <Time at={image.registry?.pushed} /> },
    {
      key: 'owner',
      title: t('column.owner'),
      width: 120,
      usual: false,
      render: (image) => <Name of={image.registry?.owner} />,
    },
    {
      key: 'shared_until',
      title: t('column.sharedUntil'),
      width: 140,
      usual: false,
      render: (image) => <Time at={image.registry?.shared_until} />,
    },
  ];
}

const MORE = { local, registry, none: () => [] };

/** The columns of a list of images from there; with `open`, numbers lead to what is counted. */
export function useImageColumns(of: keyof typeof MORE, open?: OpenTab): Column<Image>[] {
  const { t } = useTranslation('images');
  return useMemo(() => {
    const [name, ...others] = shared(t, open);
    const more = MORE[of](t, open);
    const risks = others.findIndex(({ key }) => key === 'kinds') + 1;
    return name ? [name, ...others.slice(0, risks), ...more, ...others.slice(risks)] : [];
  }, [t, of, open]);
}
