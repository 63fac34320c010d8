// The menu: what the list of pages says, as far as who is signed in sees it.
import { Link, useMatches } from '@tanstack/react-router';
import { Menu, type MenuProps } from 'antd';
import { useTranslation } from 'react-i18next';
import { GROUPS, PAGES, type Page } from '@/pages';
import { covers, useMe } from './session';

type Item = NonNullable<MenuProps['items']>[number];

/** The menu of all pages. */
export function Navigation({ folded, chosen }: { folded?: boolean; chosen?: () => void }) {
  const { t } = useTranslation();
  const { role } = useMe();
  const matches = useMatches();
  const seen = PAGES.filter((page) => page.icon && covers(role, page.role ?? 'viewer'));

  const item = (page: Page): Item => {
    const Icon = page.icon;
    const title = t(`${page.name}:title`);
    return {
      key: page.path,
      title,
      icon: Icon && <Icon />,
      label: <Link to={page.path}>{title}</Link>,
    };
  };
  const groups = GROUPS.map((group): Item => {
    const children = seen.filter((page) => page.group === group).map(item);
    return { type: 'group', key: group, label: folded ? <hr /> : t(`groups.${group}`), children };
  });
  const items = [...seen.filter((page) => !page.group).map(item), ...groups];
  return (
    <nav aria-label={t('menu')} className={folded ? 'navigation navigation-folded' : 'navigation'}>
      <Menu
        mode="inline"
        inlineCollapsed={folded}
        items={items.filter((entry) => !entry || !('children' in entry) || (entry.children?.length ?? 0) > 0)}
        selectedKeys={[chosenPath(matches)]}
        onClick={chosen}
      />
    </nav>
  );
}

/** The page of the menu that an address belongs to: itself, or the one that its address begins with. */
function chosenPath(matches: ReturnType<typeof useMatches>): string {
  const page = matches.findLast((match) => match.staticData.page)?.staticData.page;
  if (!page) return '';
  if (page.icon) return page.path;
  return PAGES.find((known) => known.icon && known.path !== '/' && page.path.startsWith(known.path))?.path ?? '';
}
