/** What can be painted at any time. */
export interface IPaintable {
  /** Paints what there is to paint now. */
  paint(): void;
}

/**
 * Paints what has changed in the animation frames of the browser.
 *
 * Scrolling through a gallery brings dozens of plots into view at once, and
 * painting all of them in one frame would hold up the page. Each frame paints
 * for so long only; what is left goes on in the next one, first come, first
 * served.
 */
export class PaintQueue {
  /**
   * Paints something once, however often it is added before its turn.
   *
   * @param isUrgent - Whether it is painted in the next frame in any case.
   */
  add(plot: IPaintable, isUrgent = false): void {
    (isUrgent ? this._urgent : this._waiting).add(plot);
    this._follow();
  }

  /** Paints something no more, unless it is added again. */
  delete(plot: IPaintable): void {
    this._urgent.delete(plot);
    this._waiting.delete(plot);
  }

  private _paint(): void {
    this._request = 0;
    const end = performance.now() + BUDGET_MS;
    try {
      paintFrom(this._urgent);
      paintFrom(this._waiting, end);
    } finally {
      // Also after an error: the others are to be seen all the same.
      this._follow();
    }
  }

  private _follow(): void {
    if (this._request === 0 && this._urgent.size + this._waiting.size > 0) {
      this._request = requestAnimationFrame(() => this._paint());
    }
  }

  private _request = 0;
  private _urgent = new Set<IPaintable>();
  private _waiting = new Set<IPaintable>();
}

/** Paints one after the other, at least one, until the time is up. */
function paintFrom(plots: Set<IPaintable>, end = Infinity): void {
  for (const plot of plots) {
    plots.delete(plot);
    plot.paint();
    if (performance.now() >= end) {
      return;
    }
  }
}

/**
 * What a frame paints for: enough for an update of twenty live histograms, and
 * with styles, layout and the paint itself far from a tenth of a second.
 */
const BUDGET_MS = 30;
