// Every page: its address, its place in the menu, and who sees it. A page is a folder in `pages/` and an entry here.
import {
  AppstoreOutlined,
  AuditOutlined,
  BellOutlined,
  BugOutlined,
  BuildOutlined,
  CheckSquareOutlined,
  CloudServerOutlined,
  ClusterOutlined,
  ContainerOutlined,
  DashboardOutlined,
  DatabaseOutlined,
  DesktopOutlined,
  ExportOutlined,
  HddOutlined,
  InboxOutlined,
  KeyOutlined,
  ProfileOutlined,
  ProjectOutlined,
  SafetyOutlined,
  ScheduleOutlined,
  SettingOutlined,
  UnorderedListOutlined,
  UserOutlined,
} from '@ant-design/icons';
import type { ComponentType } from 'react';
import type { Role } from '@/app/session';

/** Where the menu shows a page. */
export const GROUPS = ['images', 'risks', 'assets', 'work', 'policy', 'system'] as const;

export type Page = {
  /** The address; `$id` stands for a number or a word. */
  path: string;
  /** The folder, and the name of its texts, whose `title` the menu shows. */
  name: string;
  /** The group of the menu; none for what is reached from elsewhere, and for the overview, which is above all groups. */
  group?: (typeof GROUPS)[number];
  icon?: ComponentType;
  /** Who sees it; everybody when it is left out. */
  role?: Role;
  load: () => Promise<{ default: ComponentType }>;
};

export const PAGES: Page[] = [
  { path: '/', name: 'overview', icon: DashboardOutlined, load: () => import('@/pages/overview') },

  { path: '/images/local', name: 'local', group: 'images', icon: HddOutlined, load: () => import('@/pages/local') },
  {
    path: '/images/registry',
    name: 'repository',
    group: 'images',
    icon: CloudServerOutlined,
    load: () => import('@/pages/repository'),
  },
  {
    path: '/images/archive',
    name: 'archives',
    group: 'images',
    icon: InboxOutlined,
    load: () => import('@/pages/archives'),
  },
  { path: '/images/$id', name: 'image', load: () => import('@/pages/image') },
  { path: '/compare', name: 'compare', load: () => import('@/pages/compare') },

  { path: '/risks', name: 'risks', group: 'risks', icon: BugOutlined, load: () => import('@/pages/risks') },
  { path: '/risks/$kind/$rule', name: 'risk', load: () => import('@/pages/risk') },
  {
    path: '/components',
    name: 'components',
    group: 'risks',
    icon: AppstoreOutlined,
    load: () => import('@/pages/components'),
  },
  { path: '/events', name: 'events', group: 'risks', icon: BellOutlined, load: () => import('@/pages/events') },

  {
    path: '/registries',
    name: 'registries',
    group: 'assets',
    icon: ClusterOutlined,
    load: () => import('@/pages/registries'),
  },
  { path: '/hosts', name: 'hosts', group: 'assets', icon: DesktopOutlined, load: () => import('@/pages/hosts') },
  {
    path: '/containers',
    name: 'containers',
    group: 'assets',
    icon: ContainerOutlined,
    load: () => import('@/pages/containers'),
  },
  { path: '/bases', name: 'bases', group: 'assets', icon: BuildOutlined, load: () => import('@/pages/bases') },

  { path: '/tasks', name: 'tasks', group: 'work', icon: UnorderedListOutlined, load: () => import('@/pages/tasks') },
  {
    path: '/schedules',
    name: 'schedules',
    group: 'work',
    icon: ScheduleOutlined,
    load: () => import('@/pages/schedules'),
  },
  {
    path: '/exports',
    name: 'exportlist',
    group: 'work',
    icon: ExportOutlined,
    role: 'operator',
    load: () => import('@/pages/exportlist'),
  },

  {
    path: '/decisions',
    name: 'decisionlist',
    group: 'policy',
    icon: CheckSquareOutlined,
    load: () => import('@/pages/decisionlist'),
  },
  { path: '/rules', name: 'rules', group: 'policy', icon: ProfileOutlined, load: () => import('@/pages/rules') },
  {
    path: '/advisories',
    name: 'advisories',
    group: 'policy',
    icon: DatabaseOutlined,
    load: () => import('@/pages/advisories'),
  },
  {
    path: '/authorisation',
    name: 'authorisation',
    group: 'policy',
    icon: SafetyOutlined,
    load: () => import('@/pages/authorisation'),
  },

  {
    path: '/accounts',
    name: 'accounts',
    group: 'system',
    icon: UserOutlined,
    role: 'auditor',
    load: () => import('@/pages/accounts'),
  },
  {
    path: '/projects',
    name: 'projects',
    group: 'system',
    icon: ProjectOutlined,
    load: () => import('@/pages/projects'),
  },
  { path: '/tokens', name: 'tokens', group: 'system', icon: KeyOutlined, load: () => import('@/pages/tokens') },
  {
    path: '/audit',
    name: 'audit',
    group: 'system',
    icon: AuditOutlined,
    role: 'auditor',
    load: () => import('@/pages/audit'),
  },
  {
    path: '/settings',
    name: 'settings',
    group: 'system',
    icon: SettingOutlined,
    load: () => import('@/pages/settings'),
  },
];
