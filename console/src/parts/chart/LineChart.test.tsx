// A chart that is read with the keyboard.
import { fireEvent, render, screen } from '@testing-library/react';
import { beforeAll, expect, test } from 'vitest';
import { begin } from '@/i18n';
import { LineChart } from './LineChart';

const DAYS = ['2026-11-20', '2026-11-21', '2026-11-22'];
const LINES = [
  { key: 'high', title: 'High', color: 'red', values: [1, 20, 10_000_000] },
  { key: 'low', title: 'Low', color: 'blue', values: [0, 5, 7] },
];

beforeAll(begin);

test('keys go from day to day, and not beyond the first and the last', () => {
  render(<LineChart label="Course" days={DAYS} lines={LINES} />);
  const chart = screen.getByRole('slider', { name: 'Course' });
  const said = (key: string) => {
    fireEvent.keyDown(chart, { key });
    return chart.getAttribute('aria-valuetext');
  };
  expect(chart.getAttribute('aria-valuetext')).toBe('Nov 22, 2026, High 10,000,000, Low 7');
  expect(said('ArrowLeft')).toBe('Nov 21, 2026, High 20, Low 5');
  expect(said('PageDown')).toBe('Nov 20, 2026, High 1, Low 0');
  expect(said('ArrowLeft')).toBe('Nov 20, 2026, High 1, Low 0');
  expect(said('End')).toBe('Nov 22, 2026, High 10,000,000, Low 7');
  expect(said('ArrowRight')).toBe('Nov 22, 2026, High 10,000,000, Low 7');
  expect(said('Home')).toBe('Nov 20, 2026, High 1, Low 0');
});

test('the numbers of the day float beside it until they are sent away', () => {
  const { container } = render(<LineChart label="Course" days={DAYS} lines={LINES} />);
  const chart = container.querySelector('.chart-plot') as Element;
  const floating = () => container.querySelector('.chart-floating')?.textContent;
  expect(floating()).toBeUndefined();
  fireEvent.keyDown(chart, { key: 'Home' });
  expect(floating()).toBe('Nov 20, 2026High1Low0');
  fireEvent.keyDown(chart, { key: 'Escape' });
  expect(floating()).toBeUndefined();
});

test('a day that is no longer there is not looked at', () => {
  const { container, rerender } = render(<LineChart label="Course" days={DAYS} lines={LINES} />);
  const chart = container.querySelector('.chart-plot') as Element;
  fireEvent.keyDown(chart, { key: 'End' });
  rerender(<LineChart label="Course" days={DAYS.slice(0, 1)} lines={LINES} />);
  expect(chart.getAttribute('aria-valuetext')).toBe('Nov 20, 2026, High 1, Low 0');
});
