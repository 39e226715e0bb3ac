import { useCallback, useEffect, useRef, useState } from 'react';
import { messageOf } from '../services/request';

/** Something that a button does, which takes a while and may fail. */
export interface IAction {
  /** Whether it is under way. */
  readonly busy: boolean;

  /** Why it failed the last time, or null. */
  readonly problem: string | null;

  /** Starts it, unless it is under way already. */
  readonly start: (work: () => Promise<unknown>) => void;

  /** Takes the problem as read. */
  readonly dismiss: () => void;
}

/** Keeps the state of an action for the component that shows it. */
export function useAction(): IAction {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const running = useRef(false);
  const mounted = useRef(true);
  useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
    };
  }, []);

  const start = useCallback((work: () => Promise<unknown>) => {
    if (running.current) {
      return;
    }
    running.current = true;
    setBusy(true);
    setProblem(null);
    const finish = (message: string | null) => {
      running.current = false;
      if (mounted.current) {
        setBusy(false);
        setProblem(message);
      }
    };
    work().then(
      () => finish(null),
      (error: unknown) => finish(messageOf(error))
    );
  }, []);

  const dismiss = useCallback(() => setProblem(null), []);
  return { busy, problem, start, dismiss };
}
