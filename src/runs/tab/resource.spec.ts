import { PromiseDelegate } from '@lumino/coreutils';
import { ResponseError } from '../../services/request';
import { Resource } from './resource';

describe('Resource', () => {
  let replies: PromiseDelegate<number>[];
  let resource: Resource<number>;

  beforeEach(() => {
    jest.useFakeTimers();
    replies = [];
    resource = new Resource({
      fetch: () => {
        const reply = new PromiseDelegate<number>();
        replies.push(reply);
        return reply.promise;
      },
      interval: 1_000
    });
  });

  afterEach(() => {
    resource.dispose();
    jest.useRealTimers();
  });

  it('fetches one at a time, and once more for all that asked', async () => {
    resource.refresh();
    resource.refresh();
    resource.refresh();
    expect(replies).toHaveLength(1);
    replies[0].resolve(1);
    await jest.advanceTimersByTimeAsync(500);
    expect(resource.value).toBe(1);
    expect(replies).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(600);
    expect(replies).toHaveLength(2);
    replies[1].resolve(2);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(resource.value).toBe(2);
    expect(replies).toHaveLength(2);
  });

  it('keeps what it has when a request fails', async () => {
    resource.refresh();
    replies[0].resolve(1);
    await jest.advanceTimersByTimeAsync(2_000);
    resource.refresh();
    replies[1].reject(new Error('The server does not answer.'));
    await jest.advanceTimersByTimeAsync(2_000);
    expect(resource.value).toBe(1);
    expect(resource.problem).toBe('The server does not answer.');
    resource.refresh();
    replies[2].resolve(3);
    await jest.advanceTimersByTimeAsync(0);
    expect(resource.problem).toBeNull();
  });

  it('asks less and less for what stays the same, unless it is urgent', async () => {
    const fetch = jest.fn(async () => 'same');
    const patient = new Resource<string>({
      fetch,
      interval: 1_000,
      identity: value => value,
      longest: 3_000
    });
    // Asked for all the time, as by a run that goes on.
    const calls: number[] = [];
    for (let second = 0; second < 12; second++) {
      patient.refresh();
      await jest.advanceTimersByTimeAsync(1_000);
      calls.push(fetch.mock.calls.length);
    }
    expect(calls).toEqual([1, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6]);
    fetch.mockResolvedValue('other');
    patient.refresh(true);
    expect(fetch).toHaveBeenCalledTimes(7);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(patient.value).toBe('other');
    patient.refresh();
    expect(fetch).toHaveBeenCalledTimes(8);
    patient.dispose();
  });

  it('asks again for what the server could not answer, while somebody waits', async () => {
    const fetch = jest.fn(async (): Promise<string> =>
      Promise.reject(new ResponseError('The server does not answer.', 0))
    );
    let isSeen = true;
    const waiting = new Resource<string>({
      fetch,
      interval: 1_000,
      isSeen: () => isSeen
    });
    waiting.refresh();
    await jest.advanceTimersByTimeAsync(7_000);
    // After 2 and 4 seconds more.
    expect(fetch).toHaveBeenCalledTimes(3);
    isSeen = false;
    await jest.advanceTimersByTimeAsync(600_000);
    expect(fetch).toHaveBeenCalledTimes(3);
    expect(waiting.isOverdue).toBe(true);
    isSeen = true;
    fetch.mockResolvedValue('here');
    waiting.refresh();
    await jest.advanceTimersByTimeAsync(600_000);
    expect(fetch).toHaveBeenCalledTimes(4);
    expect([waiting.value, waiting.problem]).toEqual(['here', null]);
    expect(waiting.isOverdue).toBe(false);
    waiting.dispose();
  });

  it('does not ask again for what is refused', async () => {
    resource.refresh();
    replies[0].reject(new ResponseError('There is no such run.', 404));
    await jest.advanceTimersByTimeAsync(600_000);
    expect(replies).toHaveLength(1);
    expect(resource.problem).toBe('There is no such run.');
  });

  it('is silent once disposed', async () => {
    const changed = jest.fn();
    resource.changed.connect(changed);
    resource.refresh();
    resource.dispose();
    replies[0].resolve(1);
    await jest.advanceTimersByTimeAsync(2_000);
    resource.refresh();
    expect(changed).not.toHaveBeenCalled();
    expect(replies).toHaveLength(1);
  });
});
