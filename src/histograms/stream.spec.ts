import { ServerConnection } from '@jupyterlab/services';
import { HistogramStream, type IWatchRequest } from './stream';
import { plainView } from './choices';
import { encodeFrame, makeFrame, makeRow } from './testing';

/** A websocket whose other end is the test. */
class FakeSocket {
  constructor(readonly url: string) {
    FakeSocket.made.push(this);
  }

  static made: FakeSocket[] = [];

  static get last(): FakeSocket {
    return FakeSocket.made[FakeSocket.made.length - 1];
  }

  readonly sent: unknown[] = [];
  readyState = 0;
  binaryType = 'blob';
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.readyState = 3;
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  break(): void {
    this.readyState = 3;
    this.onclose?.();
  }
}

const REQUEST: IWatchRequest = {
  run: 'r1',
  histogram: 'mass',
  view: plainView('mass')
};

describe('HistogramStream', () => {
  let stream: HistogramStream;
  const receiver = {
    onFrame: jest.fn(),
    onProblem: jest.fn()
  };

  beforeEach(() => {
    jest.useFakeTimers();
    FakeSocket.made = [];
    receiver.onFrame.mockReset();
    receiver.onProblem.mockReset();
    stream = new HistogramStream({
      serverSettings: ServerConnection.makeSettings({
        wsUrl: 'ws://casa.test/user/ada/',
        token: 'a b',
        appendToken: true,
        WebSocket: FakeSocket as unknown as typeof WebSocket
      })
    });
  });

  afterEach(() => {
    stream.dispose();
    jest.useRealTimers();
  });

  const hide = (hidden: boolean): void => {
    jest.spyOn(document, 'hidden', 'get').mockReturnValue(hidden);
    document.dispatchEvent(new Event('visibilitychange'));
  };

  /** Sends a frame of one bin with a content of `value`. */
  const sendFrame = (watch: string, value: number): void => {
    const rows = [makeRow('', 'layer', [value])];
    const data = encodeFrame(makeFrame({ watch }, rows));
    FakeSocket.last.onmessage?.({ data });
  };

  it('opens one connection, once something is watched', () => {
    expect(FakeSocket.made).toHaveLength(0);
    stream.watch(REQUEST, receiver);
    stream.watch({ ...REQUEST, histogram: 'pt' }, receiver);
    expect(FakeSocket.made).toHaveLength(1);
    expect(FakeSocket.last.url).toBe(
      'ws://casa.test/user/ada/casa/histograms?token=a%20b'
    );
    FakeSocket.last.open();
    expect(FakeSocket.last.sent).toEqual([
      { type: 'watch', watch: 'w1', ...REQUEST },
      { type: 'watch', watch: 'w2', ...REQUEST, histogram: 'pt' }
    ]);
  });

  it('hands frames and problems to whom they belong', () => {
    const other = { onFrame: jest.fn(), onProblem: jest.fn() };
    stream.watch(REQUEST, receiver);
    stream.watch(REQUEST, other);
    FakeSocket.last.open();
    sendFrame('w2', 7);
    FakeSocket.last.onmessage?.({
      data: '{"type":"problem","watch":"w1","message":"No such axis."}'
    });
    expect(other.onFrame).toHaveBeenCalledTimes(1);
    expect(receiver.onFrame).not.toHaveBeenCalled();
    expect(receiver.onProblem).toHaveBeenCalledWith('No such axis.');
  });

  it('says which histogram cannot be read', () => {
    const error = jest.spyOn(console, 'error').mockReturnValue();
    stream.watch(REQUEST, receiver);
    FakeSocket.last.open();
    const text = '{"watch":"w1","run":"r1"}   ';
    const data = new ArrayBuffer(4 + text.length);
    new DataView(data).setUint32(0, text.length, true);
    new Uint8Array(data, 4).set(Uint8Array.from(text, c => c.charCodeAt(0)));
    FakeSocket.last.onmessage?.({ data });
    expect(receiver.onProblem).toHaveBeenCalledTimes(1);
    expect(error).toHaveBeenCalledTimes(1);
    error.mockRestore();
  });

  it('drops frames of views that nobody watches any more', () => {
    stream.watch(REQUEST, receiver).dispose();
    stream.watch(REQUEST, receiver);
    FakeSocket.last.open();
    sendFrame('w1', 7);
    expect(receiver.onFrame).not.toHaveBeenCalled();
  });

  it('comes back with back-off, and watches again what is watched then', () => {
    const connected = jest.fn();
    stream.connectionChanged.connect((_, value) => connected(value));
    const gone = stream.watch(REQUEST, receiver);
    FakeSocket.last.open();
    FakeSocket.last.break();
    expect(stream.isConnected).toBe(false);
    gone.dispose();
    stream.watch({ ...REQUEST, histogram: 'pt' }, receiver);
    expect(FakeSocket.made).toHaveLength(1);

    jest.advanceTimersByTime(700);
    expect(FakeSocket.made).toHaveLength(2);
    FakeSocket.last.break();
    jest.advanceTimersByTime(700);
    expect(FakeSocket.made).toHaveLength(2);
    jest.advanceTimersByTime(700);
    expect(FakeSocket.made).toHaveLength(3);

    FakeSocket.last.open();
    expect(FakeSocket.last.sent).toEqual([
      { type: 'watch', watch: 'w2', ...REQUEST, histogram: 'pt' }
    ]);
    expect(connected.mock.calls).toEqual([[false], [true]]);
  });

  it('closes the connection a while after the last watch has ended', () => {
    const watch = stream.watch(REQUEST, receiver);
    FakeSocket.last.open();
    watch.dispose();
    expect(FakeSocket.last.sent[1]).toEqual({ type: 'unwatch', watch: 'w1' });
    jest.advanceTimersByTime(1_000);
    expect(FakeSocket.last.readyState).toBe(1);
    jest.advanceTimersByTime(10_000);
    expect(FakeSocket.last.readyState).toBe(3);
    jest.advanceTimersByTime(100_000);
    expect(FakeSocket.made).toHaveLength(1);
  });

  it('rests while the page is hidden', () => {
    stream.watch(REQUEST, receiver);
    FakeSocket.last.open();
    hide(true);
    jest.advanceTimersByTime(10_000);
    expect(FakeSocket.last.readyState).toBe(3);
    hide(false);
    expect(FakeSocket.made).toHaveLength(2);
    FakeSocket.last.open();
    expect(FakeSocket.last.sent).toHaveLength(1);
  });

  it('stays closed when it is disposed', () => {
    stream.watch(REQUEST, receiver);
    FakeSocket.last.open();
    stream.dispose();
    expect(FakeSocket.last.readyState).toBe(3);
    hide(false);
    jest.advanceTimersByTime(100_000);
    expect(FakeSocket.made).toHaveLength(1);
  });
});
