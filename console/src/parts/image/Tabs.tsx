// The tabs of an image, with how much is behind each.
import { useTranslation } from 'react-i18next';
import { useFields } from '@/app/url';
import { found } from '@/parts/images/columns';
import { type Tab, TabBar } from '@/parts/tabs/TabBar';
import { Base } from './Base';
import { Baseline } from './Baseline';
import { Configuration } from './Configuration';
import { Files } from './Files';
import { Findings } from './Findings';
import type { FindingKind } from './findings';
import type { ImageDetail } from './ImageView';
import { Layers } from './Layers';
import { Overview } from './Overview';
import { Packages } from './Packages';
import { Containers, Hosts } from './Places';
import { Scans } from './Scans';
import { OPEN } from './within';

/** The tabs; which one is open is in the address. */
export function ImageTabs({ image }: { image: ImageDetail }) {
  const { t } = useTranslation('image');
  const [{ tab }, setOpen] = useFields(OPEN);
  const { id } = image;
  const findings = (kind: FindingKind, children = <Findings image={image} kind={kind} />): Tab => {
    return { key: kind, title: t(`kind.${kind}`), count: found(image, kind), children };
  };
  const tabs: Tab[] = [
    { key: 'overview', title: t('tab.overview'), children: <Overview image={image} /> },
    findings('vulnerabilities'),
    findings('malware'),
    findings('secrets'),
    findings('baseline', <Baseline image={image} />),
    findings('compliance'),
    findings('base-image', <Base image={image} />),
    { key: 'software', title: t('tab.software'), count: image.components, children: <Packages image={image} /> },
    { key: 'files', title: t('tab.files'), children: <Files id={id} /> },
    { key: 'layers', title: t('tab.layers'), count: image.layers, children: <Layers id={id} /> },
    { key: 'hosts', title: t('tab.hosts'), count: image.hosts, children: <Hosts id={id} /> },
    { key: 'containers', title: t('tab.containers'), count: image.containers, children: <Containers id={id} /> },
    { key: 'scans', title: t('tab.scans'), children: <Scans id={id} /> },
    { key: 'configuration', title: t('tab.configuration'), children: <Configuration image={image} /> },
  ];
  const choose = (key: string) => {
    setOpen({ tab: key === 'overview' ? undefined : key, finding: undefined, within: undefined });
  };
  return <TabBar name={t('parts')} tabs={tabs} chosen={tab} choose={choose} />;
}
