// What is spoken: all of it, and nothing of another language.
import { render } from '@testing-library/react';
import { ConfigProvider, DatePicker } from 'antd';
import i18next from 'i18next';
import { expect, test } from 'vitest';
import { begin, componentWords, speak } from './i18n';

test('only the language that is spoken is loaded, and its calendars speak it, too', async () => {
  localStorage.setItem('lazaret.language', 'en');
  await begin();
  expect(Object.keys(i18next.store.data)).toEqual(['en']);

  await speak('zh');
  expect(i18next.t('save')).toBe('保存');
  render(
    <ConfigProvider locale={componentWords('zh')}>
      <DatePicker open />
    </ConfigProvider>,
  );
  const calendar = document.querySelector('.ant-picker-dropdown');
  expect(calendar?.querySelector('thead')?.textContent).toBe('日一二三四五六');
  expect(calendar?.textContent).toContain('月');
  expect(calendar?.textContent).not.toMatch(/[A-Za-z]/);
});
