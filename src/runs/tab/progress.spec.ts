import { nullTranslator } from '@jupyterlab/translation';
import { eventsText, sharesOf } from './progress';

const trans = nullTranslator.load('casa-lab');

const COUNTS = {
  events_done: 1_500,
  events_total: 6_000 as number | null,
  chunks_done: 2,
  chunks_failed: 0,
  chunks_total: 8 as number | null,
  left_out: { chunks: 0, events: 0, files: 0, unread_files: 0 }
};

describe('sharesOf', () => {
  it('is what is done of the events', () => {
    expect(sharesOf(COUNTS)).toEqual({ done: 0.25, failed: 0, leftOut: 0 });
  });

  it('is unknown before the files were looked at', () => {
    expect(
      sharesOf({ ...COUNTS, events_total: null, chunks_total: null })
    ).toBeNull();
  });

  it('has a part for chunks that failed', () => {
    expect(
      sharesOf({ ...COUNTS, events_done: 4_500, chunks_failed: 2 })
    ).toEqual({ done: 0.75, failed: 0.25, leftOut: 0 });
  });

  it('is not complete without a file whose events nobody could count', () => {
    expect(
      sharesOf({ ...COUNTS, events_done: 6_000, chunks_failed: 2 })
    ).toEqual({ done: 0.75, failed: 0.25, leftOut: 0 });
  });

  it('has a part for what was accepted as missing', () => {
    const left_out = { chunks: 4, events: 3_000, files: 1, unread_files: 0 };
    expect(sharesOf({ ...COUNTS, events_done: 3_000, left_out })).toEqual({
      done: 0.5,
      failed: 0,
      leftOut: 0.5
    });
  });

  it('is nothing of nothing', () => {
    expect(
      sharesOf({ ...COUNTS, events_done: 0, events_total: 0, chunks_total: 0 })
    ).toEqual({ done: 0, failed: 0, leftOut: 0 });
  });
});

describe('eventsText', () => {
  it('writes x of y events', () => {
    expect(eventsText(COUNTS, trans)).toBe('1,500 of 6,000 events');
    expect(eventsText({ ...COUNTS, events_total: null }, trans)).toBe(
      '1,500 events'
    );
  });
});
