// The console from the outside in: look, language, session, pages.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { App, ConfigProvider, Result, Spin } from 'antd';
import enUS from 'antd/locale/en_US';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Refusal } from '@/api/client';
import { Again } from '@/parts/Refused';
import { ChangePassword } from './ChangePassword';
import { LookContext, useLook } from './look';
import { router } from './router';
import { SignIn } from './SignIn';
import { SessionOf, useAsked } from './session';
import { tokens } from './theme';

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
        <SignedIn />
      </Dressed>
    </QueryClientProvider>
  );
}

/** The names that the components of antd have in a language; English is there from the start. */
function useNames(language: string) {
  const [names, setNames] = useState(enUS);
  useEffect(() => {
    if (language === 'zh') void import('antd/locale/zh_CN').then((module) => setNames(module.default));
    else setNames(enUS);
  }, [language]);
  return names;
}

function Dressed({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation();
  const look = useLook();
  const names = useNames(i18n.language);
  return (
    <LookContext value={look}>
      <ConfigProvider
        theme={tokens(look.dark)}
        locale={names}
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
  if (error) return <Result status="warning" title={<Again error={error} again={refetch} />} />;
  if (me === undefined) return <Spin fullscreen />;
  if (me === null) return <SignIn />;
  if (me.must_change_password) return <ChangePassword first />;
  return (
    <SessionOf me={me}>
      <RouterProvider router={router} />
    </SessionOf>
  );
}
