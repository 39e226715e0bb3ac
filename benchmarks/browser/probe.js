/**
 * Runs in the page before JupyterLab does, and notes what its websockets bring
 * and when that is painted.
 */
(() => {
  const KEPT = 8;
  const NativeSocket = window.WebSocket;
  const probe = {
    /** Socket of the histograms, and that of the server's events. */
    frames: null,
    events: null,

    /** Since the last `start()`. */
    isRecording: false,
    latencies: [],
    untilNext: [],
    bytes: 0,
    byWatch: {},
    byRun: {},
    longTasks: [],
    animationFrames: [],

    /** The newest frames of each watch, to play them again. */
    kept: new Map(),
    runEvent: null,

    start() {
      Object.assign(this, {
        isRecording: true,
        latencies: [],
        untilNext: [],
        bytes: 0,
        byWatch: {},
        byRun: {},
        longTasks: [],
        animationFrames: []
      });
    },

    stop() {
      this.isRecording = false;
      const { latencies, untilNext, bytes, byWatch, byRun } = this;
      const { longTasks, animationFrames } = this;
      return {
        latencies,
        untilNext,
        bytes,
        byWatch,
        byRun,
        longTasks,
        animationFrames
      };
    },

    /** Plays an hour's updates: the kept frames, over and over, each painted. */
    async replay(updates) {
      this.isRecording = false;
      for (let update = 0; update < updates; update++) {
        for (const buffers of this.kept.values()) {
          const data = buffers[update % buffers.length].slice(0);
          this.frames.dispatchEvent(new MessageEvent('message', { data }));
        }
        this.replayEvent();
        await new Promise(resolve => requestAnimationFrame(resolve));
      }
    },

    /** The run has gone on, says the server's event stream. */
    replayEvent() {
      const { run } = this.runEvent;
      run.updated += 0.25;
      run.histograms_sequence += 1;
      run.progress.events_done += 1000;
      const data = JSON.stringify(this.runEvent);
      this.events.dispatchEvent(new MessageEvent('message', { data }));
    }
  };
  window.casaProbe = probe;

  /** Frames for the next paint, and those whose paint has begun. */
  let waiting = [];
  const painting = [];
  const afterPaint = new MessageChannel();
  afterPaint.port1.onmessage = () => {
    // A task of its own: scripts, styles, layout and paint are done.
    const now = performance.now();
    const painted = painting.shift();
    probe.latencies.push(...painted.map(received => now - received));
    requestAnimationFrame(() => {
      const next = performance.now();
      probe.untilNext.push(...painted.map(received => next - received));
    });
  };
  const beforePaint = () => {
    painting.push(waiting);
    waiting = [];
    afterPaint.port2.postMessage(null);
  };

  function onFrame({ data }) {
    const received = performance.now();
    if (!(data instanceof ArrayBuffer)) {
      return;
    }
    if (probe.isRecording) {
      if (waiting.length === 0) {
        requestAnimationFrame(beforePaint);
      }
      waiting.push(received);
      const length = new DataView(data).getUint32(0, true);
      const text = new TextDecoder().decode(new Uint8Array(data, 4, length));
      const { run, watch } = JSON.parse(text);
      probe.bytes += data.byteLength;
      probe.byWatch[watch] = (probe.byWatch[watch] ?? 0) + 1;
      probe.byRun[run] = (probe.byRun[run] ?? 0) + 1;
      probe.kept.set(
        watch,
        [...(probe.kept.get(watch) ?? []), data.slice(0)].slice(-KEPT)
      );
    }
  }

  function onEvent({ data }) {
    const event = JSON.parse(data);
    if (event.run) {
      probe.runEvent = event;
    }
  }

  window.WebSocket = class extends NativeSocket {
    constructor(url, protocols) {
      super(url, protocols);
      if (String(url).includes('/casa/histograms')) {
        probe.frames = this;
        this.addEventListener('message', onFrame);
      } else if (String(url).includes('/api/events')) {
        probe.events = this;
        this.addEventListener('message', onEvent);
      }
    }
  };

  new PerformanceObserver(list => {
    probe.longTasks.push(...list.getEntries().map(({ duration }) => duration));
  }).observe({ type: 'longtask' });

  let last = 0;
  const beat = now => {
    if (probe.isRecording && last > 0) {
      probe.animationFrames.push(now - last);
    }
    last = now;
    requestAnimationFrame(beat);
  };
  requestAnimationFrame(beat);
})();
