import { PromiseDelegate } from '@lumino/coreutils';
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
