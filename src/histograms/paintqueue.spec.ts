import { PaintQueue } from './paintqueue';

/** Notes when it is painted, and takes its time for it. */
class Painted {
  constructor(
    readonly name: string,
    private readonly _page: Page,
    private readonly _milliseconds = 0
  ) {}

  paint(): void {
    this._page.painted.push(this.name);
    this._page.now += this._milliseconds;
  }
}

/** A browser whose clock and frames go on when told. */
class Page {
  constructor() {
    jest.spyOn(performance, 'now').mockImplementation(() => this.now);
    jest.spyOn(window, 'requestAnimationFrame').mockImplementation(callback => {
      this._callbacks.push(callback);
      return this._callbacks.length;
    });
  }

  now = 0;
  readonly painted: string[] = [];

  /** Number of frames that were asked for. */
  get asked(): number {
    return this._callbacks.length;
  }

  /** Paints a frame; returns what was painted in it. */
  frame(): string[] {
    const callbacks = this._callbacks.splice(0);
    this.painted.length = 0;
    callbacks.forEach(callback => callback(this.now));
    return [...this.painted];
  }

  private _callbacks: FrameRequestCallback[] = [];
}

describe('PaintQueue', () => {
  let page: Page;
  let queue: PaintQueue;

  beforeEach(() => {
    page = new Page();
    queue = new PaintQueue();
  });

  afterEach(() => jest.restoreAllMocks());

  it('paints what comes at once in one frame, each once', () => {
    const [a, b] = ['a', 'b'].map(name => new Painted(name, page));
    queue.add(a);
    queue.add(b);
    queue.add(a);
    expect(page.asked).toBe(1);
    expect(page.frame()).toEqual(['a', 'b']);
    expect(page.asked).toBe(0);
  });

  it('goes on in the next frame when a frame has painted for long', () => {
    for (const name of ['a', 'b', 'c']) {
      queue.add(new Painted(name, page, 25));
    }
    expect(page.frame()).toEqual(['a', 'b']);
    expect(page.frame()).toEqual(['c']);
    expect(page.asked).toBe(0);
  });

  it('paints one in each frame, however long that takes', () => {
    queue.add(new Painted('a', page, 1000));
    queue.add(new Painted('b', page, 1000));
    expect(page.frame()).toEqual(['a']);
    expect(page.frame()).toEqual(['b']);
  });

  it('keeps the place of what is added again while it waits', () => {
    const plots = ['a', 'b', 'c'].map(name => new Painted(name, page, 50));
    plots.forEach(plot => queue.add(plot));
    page.frame();
    queue.add(plots[0]);
    queue.add(plots[1]);
    expect([page.frame(), page.frame(), page.frame()]).toEqual([
      ['b'],
      ['c'],
      ['a']
    ]);
  });

  it('paints first and in any case what is urgent', () => {
    queue.add(new Painted('a', page, 30));
    queue.add(new Painted('b', page, 30));
    queue.add(new Painted('urgent', page, 10), true);
    expect(page.frame()).toEqual(['urgent', 'a']);
  });

  it('does not paint what was taken out', () => {
    const gone = new Painted('gone', page);
    queue.add(gone);
    queue.add(new Painted('a', page));
    queue.delete(gone);
    expect(page.frame()).toEqual(['a']);
  });

  it('paints the others although one cannot be painted', () => {
    const broken = {
      paint: () => {
        throw new Error('This cannot be painted.');
      }
    };
    queue.add(broken);
    queue.add(new Painted('a', page));
    expect(() => page.frame()).toThrow('cannot be painted');
    expect(page.frame()).toEqual(['a']);
  });
});
