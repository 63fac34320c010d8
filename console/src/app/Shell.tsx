// What is around every page: the menu on the left, who is signed in above.
import { MenuFoldOutlined, MenuOutlined, MenuUnfoldOutlined } from '@ant-design/icons';
import { Outlet, useMatches } from '@tanstack/react-router';
import { Button, Grid, Layout } from 'antd';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Later } from '@/parts/Later';
import { AccountMenu } from './AccountMenu';
import { LanguageChoice, LookChoice } from './Choices';
import { useFolded } from './folded';
import { useKeptLanguage } from './language';
import { Mark } from './Mark';
import { Navigation } from './Navigation';
import { RunningTasks } from './RunningTasks';
import { useMay } from './session';
import { useStream } from './stream';

const NotForYou = lazy(() => import('@/parts/Missing').then(({ NotForYou: page }) => ({ default: page })));
const SmallMenu = lazy(() => import('./SmallMenu'));

const WIDE = 224;
const NARROW = 56;

/** The frame of all pages. */
export function Shell() {
  const { t } = useTranslation();
  const wide = Grid.useBreakpoint().lg ?? true;
  const [folded, fold] = useFolded();
  const keepLanguage = useKeptLanguage();
  useStream();
  useTitle();
  return (
    <Layout className="shell">
      <a className="skip" href="#page">
        {t('skip')}
      </a>
      {wide && (
        <Layout.Sider width={WIDE} collapsedWidth={NARROW} collapsed={folded} trigger={null} className="side">
          <div className={folded ? 'brand brand-folded' : 'brand'}>
            <Mark />
            {!folded && <strong>Lazaret</strong>}
          </div>
          <Navigation folded={folded} />
        </Layout.Sider>
      )}
      <Layout>
        <Layout.Header className="head">
          {wide ? (
            <Button
              type="text"
              aria-label={folded ? t('unfoldMenu') : t('foldMenu')}
              icon={folded ? <MenuUnfoldOutlined /> : <MenuFoldOutlined />}
              onClick={() => fold(!folded)}
            />
          ) : (
            <MenuButton />
          )}
          <span className="grow" />
          <RunningTasks />
          <LanguageChoice chosen={keepLanguage} />
          <LookChoice />
          <AccountMenu />
        </Layout.Header>
        <div className="content">
          <main id="page" tabIndex={-1}>
            <Shown />
          </main>
        </div>
      </Layout>
    </Layout>
  );
}

/** The page of the address, for those whom it is for: others are not asked to read why the server refuses. */
function Shown() {
  const page = useMatches().findLast((match) => match.staticData.page)?.staticData.page;
  if (useMay(page?.role ?? 'viewer')) return <Outlet />;
  return (
    <Suspense>
      <NotForYou />
    </Suspense>
  );
}

/** What opens the menu on a small screen. */
function MenuButton() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button type="text" aria-label={t('menu')} icon={<MenuOutlined />} onClick={() => setOpen(true)} />
      <Later open={open}>
        <SmallMenu open={open} close={() => setOpen(false)} width={WIDE + 40} />
      </Later>
    </>
  );
}

/** The title of the window is that of the page. */
function useTitle() {
  const page = useMatches().findLast((match) => match.staticData.page)?.staticData.page;
  const { t, i18n } = useTranslation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another language, another title
  useEffect(() => {
    document.title = page ? `${t(`${page.name}:title`)} · Lazaret` : 'Lazaret';
  }, [page, t, i18n.language]);
}
