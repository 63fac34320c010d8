// The console from the outside in: look, language, session, pages.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { App, ConfigProvider, Spin } from 'antd';
import { lazy, type ReactNode, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Refusal } from '@/api/client';
import { componentWords } from '@/i18n';
import { Broken } from '@/parts/Refused';
import { LookContext, useLook } from './look';
import { router } from './router';
import { SessionOf, useAsked } from './session';
import { tokens } from './theme';

// Who is signed in needs no forms to begin with.
const SignIn = lazy(() => import('./SignIn'));
const ChangePassword = lazy(() => import('./ChangePassword'));

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: false,
      // What was refused is refused again: only a server that was not reached is asked another time.
      retry: (failures, error) => failures < 2 && error instanceof Refusal && error.code === 'unreachable',
    },
  },
});

/** The whole console. */
export function Console() {
  return (
    <QueryClientProvider client={client}>
      <Dressed>
        <Suspense fallback={<Spin fullscreen />}>
          <SignedIn />
        </Suspense>
      </Dressed>
    </QueryClientProvider>
  );
}

function Dressed({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation();
  const look = useLook();
  return (
    <LookContext value={look}>
      <ConfigProvider
        theme={tokens(look.dark)}
        locale={componentWords(i18n.language)}
        componentSize="middle"
        form={{ requiredMark: 'optional' }}
        button={{ autoInsertSpace: false }}
      >
        <App className="whole">{children}</App>
      </ConfigProvider>
    </LookContext>
  );
}

function SignedIn() {
  const { data: me, error, refetch } = useAsked();
  if (error) return <Broken error={error} reset={refetch} />;
  if (me === undefined) return <Spin fullscreen />;
  if (me === null) return <SignIn />;
  if (me.must_change_password) return <ChangePassword />;
  return (
    <SessionOf me={me}>
      <RouterProvider router={router} />
    </SessionOf>
  );
}
