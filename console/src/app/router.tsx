// From the list of pages to what an address shows.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouteComponent,
} from '@tanstack/react-router';
import { PAGES, type Page } from '@/pages';
import { Broken } from '@/parts/Refused';
import { Shell } from './Shell';
import { parseSearch, type Search, stringifySearch } from './url';

const root = createRootRoute({
  component: Shell,
  notFoundComponent: lazyRouteComponent(() => import('@/parts/Missing'), 'Missing') as RouteComponent,
  validateSearch: (search: Record<string, unknown>): Search => search as Search,
});

const route = (page: Page) =>
  createRoute({
    getParentRoute: () => root,
    path: page.path,
    component: lazyRouteComponent(page.load) as RouteComponent,
    staticData: { page },
  });

/** The way from addresses to pages. */
export const router = createRouter({
  routeTree: root.addChildren(PAGES.map(route)),
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultErrorComponent: Broken,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    page?: Page;
  }
}
