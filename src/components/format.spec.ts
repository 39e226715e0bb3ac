import { nullTranslator } from '@jupyterlab/translation';
import {
  formatBytes,
  formatCount,
  formatDigits,
  formatExactCount,
  formatMeasuredTime
} from './format';

test('numbers have the digits that matter and no powers of ten', () => {
  expect([0, 0.00123, 0.5, 12.345, 123.4, 5432].map(formatDigits)).toEqual([
    '0',
    '0.0012',
    '0.500',
    '12.3',
    '123',
    '5,432'
  ]);
});

test('counts are short once they are long', () => {
  expect([0, 9_999, 12_345, 1_234_567].map(formatCount)).toEqual([
    '0',
    '9,999',
    '12.3K',
    '1.23M'
  ]);
  expect(formatExactCount(1_234_567)).toBe('1,234,567');
});

test('sizes never have four digits before the point', () => {
  expect(
    [0, 999, 999.6, 1_234, 99_949, 999_600, 4.2e9].map(formatBytes)
  ).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '1.2 kB',
    '99.9 kB',
    '1.0 MB',
    '4.2 GB'
  ]);
});

test('what took a moment is not said to have taken none', () => {
  const trans = nullTranslator.load('');
  const times = [0, 0.05, 0.996, 4.2, 9.97, 65];
  expect(times.map(time => formatMeasuredTime(time, trans))).toEqual([
    '0 s',
    '0.05 s',
    '1.0 s',
    '4.2 s',
    '10 s',
    '1 min 5 s'
  ]);
});
