/** Sees every element at once, as if it were on screen. */
class SeesAll implements IntersectionObserver {
  constructor(private readonly _callback: IntersectionObserverCallback) {}

  readonly root = null;
  readonly rootMargin = '';
  readonly scrollMargin = '';
  readonly thresholds = [];

  observe(target: Element): void {
    const entry = { isIntersecting: true, target } as IntersectionObserverEntry;
    this._callback([entry], this);
  }

  disconnect(): void {
    // Nothing was set up.
  }

  unobserve(): void {
    // Nothing was set up.
  }

  takeRecords(): IntersectionObserverEntry[] {
    return [];
  }
}

/** Tells of the size that elements have at first; none changes in tests. */
class SizedOnce implements ResizeObserver {
  constructor(private readonly _callback: ResizeObserverCallback) {}

  observe(target: Element): void {
    this._callback([{ target } as ResizeObserverEntry], this);
  }

  disconnect(): void {
    // Nothing was set up.
  }

  unobserve(): void {
    // Nothing was set up.
  }
}

/** Gives React what it needs of a browser that jsdom lacks. */
export function fillInBrowser(): void {
  Object.assign(globalThis, {
    IS_REACT_ACT_ENVIRONMENT: true,
    IntersectionObserver: SeesAll,
    ResizeObserver: SizedOnce
  });
}
