import type { IStateDB } from '@jupyterlab/statedb';
import type { PinnedRun } from '../../histograms';
import type { IRunManager } from '../tokens';

/** Under which name the choice is kept. */
const KEY = 'casa-lab:reference-run';

/**
 * Remembers beyond a reload of the page which run others are compared with.
 *
 * @param runs - Has the reference.
 * @param state - Keeps it.
 */
export async function keepReference(
  runs: IRunManager,
  state: IStateDB
): Promise<void> {
  const saved = await state.fetch(KEY);
  let kept = typeof saved === 'string' ? saved : null;
  if (kept !== null) {
    await runs.ready;
    // What was pinned while this was loading is newer, and a run may be no more.
    const isKnown =
      runs.get(kept) !== undefined ||
      (await runs.load(kept).then(
        () => true,
        () => false
      ));
    runs.reference ??= isKnown ? kept : null;
  }
  const save = (): void => {
    const { reference } = runs;
    if (reference !== kept) {
      kept = reference;
      void (reference === null
        ? state.remove(KEY)
        : state.save(KEY, reference));
    }
  };
  runs.changed.connect(save);
  save();
}

/** Makes what is pinned beside histograms and in the list of runs one and the same. */
export function sharePin(pin: PinnedRun, runs: IRunManager): void {
  const follow = (): void => {
    const id = runs.reference;
    pin.value = id === null ? null : { id, name: runs.get(id)?.name ?? id };
  };
  follow();
  runs.changed.connect(follow);
  pin.changed.connect(() => {
    runs.reference = pin.value?.id ?? null;
  });
}
